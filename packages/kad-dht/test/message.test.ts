import { concat, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { SeededRandom } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Contacts, contactOf, encodePeer } from '../src/contact.ts'
import {
  MAX_ADDRS,
  MAX_CLOSER_PEERS,
  MAX_SENT_PEER_BYTES,
  passthroughMapper,
  removePrivateAddressesMapper
} from '../src/index.ts'
import { Peer as Wire } from '../src/pb/dht.js'
import { readRecord } from '../src/query/read-record.ts'
import { decodeMessage, encodeMessage, MessageType } from '../src/wire/message.ts'
import { idOf } from './peers.ts'
import { hex, type PeerCase, vectors } from './vectors.ts'

const read = (peers: readonly Uint8Array[]): PeerCase[] =>
  peers.map(bytes => {
    const { id, addrs, connection } = Wire.decode(bytes)
    return { id: toHex(id), addrs: addrs.map(addr => multiaddr(addr.slice()).toString()), connection }
  })

const plain = (cases: readonly PeerCase[]): PeerCase[] =>
  cases.map(({ id, addrs, connection }) => ({ id, addrs, connection }))

describe('messages of go-libp2p and js-libp2p', () => {
  it.each(vectors('message'))('$id is read', vector => {
    const message = decodeMessage(hex(vector.encoded))
    expect(message.type).toBe(vector.type_number)
    expect(toHex(message.key)).toBe(vector.key)
    expect(read(message.closerPeers)).toEqual(plain(vector.closer_peers))
    expect(read(message.providerPeers)).toEqual(plain(vector.provider_peers))
    const record = message.record && readRecord(message.record)
    expect(record && { key: toHex(record.key), value: toHex(record.value) }).toEqual(
      vector.record ? { key: vector.record.key, value: vector.record.value } : undefined
    )
  })

  it.each(vectors('message'))('$id is written so that it reads the same', vector => {
    const message = decodeMessage(hex(vector.encoded))
    expect(decodeMessage(encodeMessage(message))).toEqual(message)
  })
})

describe('a message that cannot be', () => {
  const key = fromUtf8('key')
  it.each([
    ['no protobuf', Uint8Array.of(0xff, 0xff, 0xff)],
    ['an unknown type', Uint8Array.of(0x08, 0x06)],
    ['a negative type', hex('08ffffffffffffffffff01')],
    ['a key beyond any', encodeMessage({ type: MessageType.FIND_NODE, key: new Uint8Array(513) })],
    ['a field cut short', encodeMessage({ type: MessageType.FIND_NODE, key }).subarray(0, 4)],
    ['a million crumbs', new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? 0x42 : 0))],
    ['a million unknown fields', new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? 0x78 : 0))]
  ])('is refused: %s', (_, bytes) => {
    expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ name: 'KadError', code: 'malformed' }))
  })

  it('throws nothing but that, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeMessage(bytes)
        } catch (err) {
          expect(err).toMatchObject({ name: 'KadError', code: 'malformed' })
        }
      })
    )
  })

  it('is cut where it has too many peers', () => {
    const wire = encodePeer(contactOf(idOf(1), []))
    const closerPeers = Array.from({ length: 1000 }, () => wire)
    expect(decodeMessage(encodeMessage({ type: 4, key, closerPeers })).closerPeers).toHaveLength(MAX_CLOSER_PEERS)
  })
})

describe('a peer', () => {
  const addresses = (count: number) => Array.from({ length: count }, (_, i) => multiaddr(`/ip4/1.2.3.4/tcp/${i + 1}`))

  it('is read as it was written', () => {
    const contact = contactOf(idOf('a'), addresses(3))
    const found = new Contacts(passthroughMapper).read(encodePeer(contact))
    expect(found?.name).toBe(contact.name)
    expect(found?.multiaddrs.map(String)).toEqual(contact.multiaddrs.map(String))
  })

  it('is parsed once', () => {
    const contacts = new Contacts(passthroughMapper)
    const wire = encodePeer(contactOf(idOf('a'), addresses(3)))
    expect(contacts.read(wire.slice())).toBe(contacts.read(wire.slice()))
  })

  it('is remembered with a bound', () => {
    const contacts = new Contacts(passthroughMapper, 2)
    const wires = [1, 2, 3].map(name => encodePeer(contactOf(idOf(name), [])))
    const before = wires.map(wire => contacts.read(wire))
    expect(contacts.read(wires[2]!)).toBe(before[2])
    expect(contacts.read(wires[0]!)).not.toBe(before[0])
  })

  it('with thousands of addresses keeps some', () => {
    const addrs = addresses(5000).map(({ bytes }) => bytes)
    const wire = Wire.encode({ id: peerIdToBytes(idOf('a')), addrs }).finish()
    expect(new Contacts(passthroughMapper).read(new Uint8Array(wire))?.multiaddrs).toHaveLength(MAX_ADDRS)
  })

  it('is small enough for twenty of them to fit into an answer', () => {
    const wire = encodePeer(contactOf(idOf('a'), addresses(500)))
    expect(wire.byteLength).toBeLessThanOrEqual(MAX_SENT_PEER_BYTES + 4)
    expect(new Contacts(passthroughMapper).read(wire)?.multiaddrs.length).toBeGreaterThan(20)
  })

  it('loses addresses that are not its own, or cannot be read', () => {
    const addrs = [
      multiaddr(`/ip4/1.2.3.4/tcp/1/p2p/${idOf('b')}`).bytes,
      multiaddr(`/ip4/1.2.3.4/tcp/2/p2p/${idOf('a')}`).bytes,
      new SeededRandom('garbage').bytes(20),
      new Uint8Array(2000),
      new Uint8Array(0)
    ]
    const wire = new Uint8Array(Wire.encode({ id: peerIdToBytes(idOf('a')), addrs }).finish())
    expect(new Contacts(passthroughMapper).read(wire)?.multiaddrs.map(String)).toEqual(['/ip4/1.2.3.4/tcp/2'])
  })

  it.each([
    ['no id', {}],
    ['an id that is none', { id: Uint8Array.of(1, 2, 3) }],
    ['no address that may be used', { id: peerIdToBytes(idOf('a')), addrs: [multiaddr('/ip4/10.0.0.1/tcp/1').bytes] }]
  ])('is left out with %s', (_, fields) => {
    const wire = new Uint8Array(Wire.encode(fields).finish())
    expect(new Contacts(removePrivateAddressesMapper).read(wire)).toBeUndefined()
    expect(new Contacts(removePrivateAddressesMapper).readAll([wire, concat([wire, wire])])).toEqual([])
  })
})
