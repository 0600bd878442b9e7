import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createIpnsRecord, encodeValueRecord, ipnsKey, ipnsValidator, publicKeyKey } from '@ts-libp2p/record'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeEach, describe, expect, it } from 'vitest'
import { Contacts } from '../src/contact.ts'
import { MAX_ADDRS, MAX_SENT_PEER_BYTES, passthroughMapper } from '../src/index.ts'
import { Peer as Wire } from '../src/pb/dht.js'
import { OwnRecords } from '../src/reprovide/own-records.ts'
import { ProviderRecords } from '../src/server/provider-records.ts'
import { Server } from '../src/server/server.ts'
import { ValueRecords } from '../src/server/value-records.ts'
import { RoutingTable } from '../src/table/routing-table.ts'
import { validatorsOf } from '../src/validators.ts'
import { type Message, MessageType } from '../src/wire/message.ts'
import { idOf, peer } from './peers.ts'

const NOW = Date.UTC(2026, 0, 1)
const HOUR_MS = 3600_000
const self = peer('self')
const asker = { remotePeer: idOf('asker'), remoteAddr: multiaddr('/ip4/5.6.7.8/tcp/1') }
const contacts = new Contacts(passthroughMapper)
const [author, stranger] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
const key = ipnsKey(peerIdFromPrivateKey(author))
const ipns = (fields: Partial<Parameters<typeof createIpnsRecord>[0]> = {}) =>
  createIpnsRecord({ privateKey: author, value: '/ipfs/bafkqaaa', sequence: 5n, expiresAt: NOW + HOUR_MS, ...fields })

let values: ValueRecords
let providers: ProviderRecords
let server: Server

beforeEach(() => {
  const table = new RoutingTable({ self: self.key })
  values = new ValueRecords({ self: self.key })
  providers = new ProviderRecords({ self: self.key, maxRecords: 10 })
  const stores = { table, providers, values, own: new OwnRecords(), contacts }
  const validators = validatorsOf({ validators: { ipns: ipnsValidator } })
  server = new Server({ k: 20, self: () => self, ...stores, validators, connected: () => undefined, now: () => NOW })
})

async function ask(message: Partial<Message> & Pick<Message, 'type'>): Promise<void> {
  await server.answer({ key: new Uint8Array(0), closerPeers: [], providerPeers: [], ...message }, asker)
}

async function put(value: Uint8Array, under: Uint8Array = key, timeReceived?: number): Promise<void> {
  await ask({ type: MessageType.PUT_VALUE, key: under, record: encodeValueRecord({ key: under, value, timeReceived }) })
}

describe('a value that is put here', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['has expired', () => ipns({ expiresAt: NOW - 1 })],
    ['is signed by another', () => ipns({ privateKey: stranger })],
    ['is not signed', async () => (await ipns()).subarray(0, -70)],
    ['is nonsense', async () => fromUtf8('nonsense')],
    ['is nothing', async () => new Uint8Array(0)]
  ])('is refused when it %s', async (_, value) => {
    await expect(put(await value())).rejects.toMatchObject({ name: 'KadError', code: 'invalid-record' })
    expect(values.size).toBe(0)
  })

  it.each([
    ['the name of another', ipnsKey(peerIdFromPrivateKey(stranger))],
    ['a public key', publicKeyKey(peerIdFromPrivateKey(author))],
    ['no namespace', fromUtf8('ipns')],
    ['a namespace that nobody checks', fromUtf8('/other/key')]
  ])('is refused under %s', async (_, under) => {
    await expect(put(await ipns(), under)).rejects.toMatchObject({ name: 'KadError', code: 'invalid-record' })
    expect(values.size).toBe(0)
  })

  it('does not push a newer one out, however far in the future it says that it came', async () => {
    const newer = await ipns()
    await put(newer)
    const older = await ipns({ sequence: 4n })
    await expect(put(older, key, NOW + 1000 * HOUR_MS)).rejects.toMatchObject({ code: 'outdated' })
    expect(values.get(key, NOW)).toMatchObject({ value: newer, timeReceived: NOW })
  })
})

describe('an announcement', async () => {
  const digest = async (name: string): Promise<Uint8Array> => (await sha256.digest(fromUtf8(name))).bytes
  const content = await digest('content')
  const announce = (key: Uint8Array, ...providerPeers: Uint8Array[]) =>
    ask({ type: MessageType.ADD_PROVIDER, key, providerPeers })
  const addrs = Array.from({ length: 5000 }, (_, i) => multiaddr(`/ip4/5.6.7.8/tcp/${i + 1}`).bytes)
  const wire = (id: ReturnType<typeof idOf>, list: Uint8Array[] = addrs.slice(0, 1)): Uint8Array =>
    new Uint8Array(Wire.encode({ id: id.toMultihash().bytes, addrs: list }).finish())

  it('with thousands of addresses is kept with a few', async () => {
    await announce(content, wire(asker.remotePeer, addrs))
    const [record] = providers.of(content, NOW)
    expect(record!.wire.byteLength).toBeLessThanOrEqual(MAX_SENT_PEER_BYTES)
    expect(contacts.read(record!.wire)?.multiaddrs.length).toBeLessThanOrEqual(MAX_ADDRS)
  })

  it.each<[string, Uint8Array[]]>([
    ['for somebody else', [wire(idOf('other'))]],
    ['for thousands of others', Array.from({ length: 3000 }, (_, i) => wire(idOf(`other ${i}`)))],
    ['for nobody', []],
    ['for bytes that are no peer', [concat([wire(asker.remotePeer), Uint8Array.of(0xff)])]]
  ])('%s is refused', async (_, list) => {
    await expect(announce(content, ...list)).rejects.toMatchObject({ name: 'KadError', code: 'not-ours' })
    expect(providers.size).toBe(0)
  })

  it('to a full store takes the place of another, and the store does not grow', async () => {
    for (let i = 0; i < 50; i++) await announce(await digest(`content ${i}`), wire(asker.remotePeer))
    expect(providers.size).toBe(10)
  })
})
