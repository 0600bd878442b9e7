import { fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import { generateKeyPair, privateKeyFromProtobuf, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { PrivateKey, Record } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createPeerRecord,
  MAX_ENVELOPE_BYTES,
  MAX_RECORD_ADDRESS_BYTES,
  MAX_RECORD_ADDRESSES,
  MAX_SEQ,
  NETWORK_FORM,
  openEnvelope,
  openPeerRecord,
  PeerRecord,
  parseEnvelope,
  RFC_FORM,
  sealRecord
} from '../src/index.ts'
import { PeerRecord as PeerRecordMessage } from '../src/pb/peer-record.js'
import vectors from './vectors/peer-record-envelope.json' with { type: 'json' }

interface Vector {
  id: string
  kind: string
  valid: boolean
  envelope: string
  domain?: string
  payload_type?: string
  payload?: string
  public_key_pb?: string
  private_key_pb?: string
  peer_id?: string
  seq?: string
  addrs?: string[]
}

const cases = vectors.cases as Vector[]
const called = (id: string): Vector => cases.find(vector => vector.id === id) as Vector
const newKey = async (): Promise<PrivateKey> => await generateKeyPair('Ed25519')
const code = (code: string) => expect.objectContaining({ name: 'RecordError', code })
const texts = (addresses: readonly { toString(): string }[]): string[] => addresses.map(String)

/** Any payload at all, signed. */
const raw = (payload: Uint8Array, form = NETWORK_FORM): Record => ({
  ...form,
  marshal: () => payload,
  equals: () => false
})

/** A peer record as a careless or hostile peer would write it. */
const message = (fields: { peerId?: Uint8Array; seq?: number; addresses?: Uint8Array[] }): Uint8Array =>
  PeerRecordMessage.encode({
    ...fields,
    addresses: fields.addresses?.map(multiaddr => ({ multiaddr }))
  }).finish()

describe('the vectors', () => {
  const envelopes = cases.filter(({ kind }) => kind !== 'peer-record-payload')

  it('are all looked at', () => {
    expect(cases).toHaveLength(16)
    expect(envelopes).toHaveLength(15)
  })

  it.each(envelopes.filter(({ valid }) => valid))('$id is opened', async vector => {
    const envelope = await openEnvelope(fromHex(vector.envelope), vector.domain as string)
    expect(toHex(envelope.payload)).toBe(vector.payload)
    expect(toHex(envelope.payloadType)).toBe(vector.payload_type)
    expect(toHex(publicKeyToProtobuf(envelope.publicKey))).toBe(vector.public_key_pb)
    expect(toHex(envelope.marshal())).toBe(vector.envelope)
    expect(await envelope.validate(vector.domain as string)).toBe(true)
    expect(await envelope.validate('another domain')).toBe(false)
  })

  it.each(envelopes.filter(vector => vector.valid && vector.private_key_pb !== undefined))(
    '$id is sealed to the same bytes',
    async vector => {
      const form = { domain: vector.domain as string, codec: fromHex(vector.payload_type as string) }
      const key = privateKeyFromProtobuf(fromHex(vector.private_key_pb as string))
      const envelope = await sealRecord(raw(fromHex(vector.payload as string), form), key)
      expect(toHex(envelope.marshal())).toBe(vector.envelope)
    }
  )

  const peerRecords = cases.filter(({ kind, valid }) => kind === 'peer-record' && valid)

  it.each(peerRecords)('$id is read as a peer record', async vector => {
    const expectedPeer = peerIdFromString(vector.peer_id as string)
    const record = await openPeerRecord(fromHex(vector.envelope), { expectedPeer })
    expect(record.peerId.toString()).toBe(vector.peer_id)
    expect(record.seq).toBe(BigInt(vector.seq as string))
    expect(texts(record.addresses)).toEqual(vector.addrs)
  })

  it.each(peerRecords)('$id is written as a peer record', async vector => {
    const privateKey = privateKeyFromProtobuf(fromHex(vector.private_key_pb as string))
    const addresses = (vector.addrs as string[]).map(text => multiaddr(text))
    const envelope = await createPeerRecord({ privateKey, addresses, seq: BigInt(vector.seq as string) })
    expect(toHex(envelope.marshal())).toBe(vector.envelope)
  })

  it('go-core-peer-record-payload is read and written', () => {
    const vector = called('go-core-peer-record-payload')
    const record = PeerRecord.decode(fromHex(vector.envelope))
    expect(record.peerId.toString()).toBe(vector.peer_id)
    expect(record.seqNumber).toBe(BigInt(vector.seq as string))
    expect(texts(record.multiaddrs)).toEqual(vector.addrs)
    expect(toHex(record.marshal())).toBe(vector.envelope)
  })

  it.each([
    ['go-core-envelope-tampered', 'libp2p-testing'],
    ['wrong-domain', 'libp2p-peer-record'],
    ['tampered-payload', 'libp2p-peer-record']
  ])('%s has a bad signature', async (id, domain) => {
    await expect(openEnvelope(fromHex(called(id).envelope), domain)).rejects.toThrow(code('bad-signature'))
  })

  it('signer-mismatch is a valid envelope but no peer record', async () => {
    const bytes = fromHex(called('signer-mismatch').envelope)
    await expect(openPeerRecord(bytes)).rejects.toThrow(code('wrong-signer'))
    expect((await openEnvelope(bytes, NETWORK_FORM.domain)).payload.byteLength).toBeGreaterThan(0)
  })

  it('rust-legacy-domain is read as a peer record', async () => {
    const record = await openPeerRecord(fromHex(called('rust-legacy-domain').envelope))
    expect(record.seq).toBe(11n)
    expect(texts(record.addresses)).toEqual(['/ip4/127.0.0.1/tcp/1337'])
  })

  it('voucher is not a peer record', async () => {
    await expect(openPeerRecord(fromHex(called('voucher').envelope))).rejects.toThrow(code('wrong-payload-type'))
  })
})

describe('an envelope', () => {
  const bytes = fromHex(called('generic').envelope)

  it.each([
    ['nothing', '', 'malformed'],
    ['a field that is cut off', toHex(bytes.subarray(0, 30)), 'malformed'],
    ['no public key', '1202030112001a00', 'malformed'],
    ['an unknown key type', '0a04080912001202030 1'.replace(' ', ''), 'malformed'],
    ['no payload type', toHex(bytes).replace('120a2f766563746f72732f61', ''), 'malformed'],
    ['random bytes', 'ffffffffffffffffffffffff', 'malformed']
  ])('of %s is refused', (_, hex, expected) => {
    expect(() => parseEnvelope(fromHex(hex))).toThrow(code(expected))
  })

  it('without a signature has a bad one', async () => {
    const unsigned = bytes.subarray(0, bytes.byteLength - 66)
    await expect(openEnvelope(unsigned, 'libp2p-vectors')).rejects.toThrow(code('bad-signature'))
  })

  it('is refused over the size limit before it is parsed', () => {
    expect(() => parseEnvelope(new Uint8Array(MAX_ENVELOPE_BYTES + 1))).toThrow(code('too-large'))
  })

  it('is not sealed over the size limit, without a domain or without a codec', async () => {
    const key = await newKey()
    await expect(sealRecord(raw(new Uint8Array(MAX_ENVELOPE_BYTES)), key)).rejects.toThrow(code('too-large'))
    const misuse = expect.objectContaining({ name: 'InvalidParametersError' })
    const noDomain = raw(new Uint8Array(1), { ...NETWORK_FORM, domain: '' })
    const noCodec = raw(new Uint8Array(1), { ...NETWORK_FORM, codec: new Uint8Array(0) })
    await expect(sealRecord(noDomain, key)).rejects.toThrow(misuse)
    await expect(sealRecord(noCodec, key)).rejects.toThrow(misuse)
  })

  it('is refused when it holds something else than was asked for', async () => {
    const payloadType = fromUtf8('/vectors/b')
    await expect(openEnvelope(bytes, 'libp2p-vectors', { payloadType })).rejects.toThrow(code('wrong-payload-type'))
    const opened = await openEnvelope(bytes, 'libp2p-vectors', { payloadType: fromUtf8('/vectors/a') })
    expect(opened.payload).toEqual(fromUtf8('hello'))
  })

  it('equals one with the same content', async () => {
    const envelope = parseEnvelope(bytes)
    expect(envelope.equals(parseEnvelope(bytes.slice()))).toBe(true)
    expect(envelope.equals(parseEnvelope(fromHex(called('voucher').envelope)))).toBe(false)
    expect(envelope.equals(undefined)).toBe(false)
  })

  it('is not opened after cancellation', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(openEnvelope(bytes, 'libp2p-vectors', { signal })).rejects.toBe(reason)
    await expect(sealRecord(raw(new Uint8Array(1)), await newKey(), { signal })).rejects.toBe(reason)
  })

  it('with any byte changed is refused, or says the same', async () => {
    const original = parseEnvelope(bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = bytes.slice()
        changed[at] = (changed[at] as number) ^ flip
        const outcome = await openEnvelope(changed, 'libp2p-vectors').catch(error => error)
        if (outcome.name === 'RecordError') return
        expect(original.equals(outcome)).toBe(true)
      })
    )
  })

  it('of any bytes is parsed or refused with a RecordError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), noise => {
        try {
          parseEnvelope(noise)
        } catch (error) {
          expect(error).toMatchObject({ name: 'RecordError' })
        }
      })
    )
  })
})

describe('a peer record', () => {
  it('survives being sealed and opened, whatever its number', async () => {
    const privateKey = await newKey()
    const ports = fc.array(fc.nat(65535), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 0n, max: MAX_SEQ }), ports, async (seq, list) => {
        const addresses = list.map(port => multiaddr(`/ip4/192.0.2.1/tcp/${port}`))
        const envelope = await createPeerRecord({ privateKey, addresses, seq })
        const opened = await openPeerRecord(envelope.marshal())
        expect(opened.seq).toBe(seq)
        expect(texts(opened.addresses)).toEqual(texts(addresses))
        expect(opened.peerId.equals(peerIdFromPrivateKey(privateKey))).toBe(true)
        expect(envelope.equals(opened.envelope)).toBe(true)
      }),
      { numRuns: 30 }
    )
  })

  it('of another peer than expected is refused', async () => {
    const bytes = (await createPeerRecord({ privateKey: await newKey(), addresses: [], seq: 1n })).marshal()
    const expectedPeer = peerIdFromPrivateKey(await newKey())
    await expect(openPeerRecord(bytes, { expectedPeer })).rejects.toThrow(code('unexpected-peer'))
  })

  it('names our peer once: it is left out of the addresses, a relay is not', async () => {
    const privateKey = await newKey()
    const self = peerIdFromPrivateKey(privateKey)
    const relay = peerIdFromPrivateKey(await newKey())
    const addresses = [
      `/ip4/192.0.2.1/tcp/1/p2p/${self}`,
      `/ip4/192.0.2.2/tcp/2/p2p/${relay}/p2p-circuit/p2p/${self}`,
      `/ip4/192.0.2.2/tcp/2/p2p/${relay}/p2p-circuit`
    ].map(text => multiaddr(text))
    const { addresses: read } = await openPeerRecord(
      (await createPeerRecord({ privateKey, addresses, seq: 1n })).marshal()
    )
    expect(texts(read)).toEqual([
      '/ip4/192.0.2.1/tcp/1',
      `/ip4/192.0.2.2/tcp/2/p2p/${relay}/p2p-circuit`,
      `/ip4/192.0.2.2/tcp/2/p2p/${relay}/p2p-circuit`
    ])
  })

  it('loses single addresses that cannot be read, not itself', async () => {
    const key = await newKey()
    const good = multiaddr('/ip4/192.0.2.1/tcp/4001').bytes
    const long = multiaddr(`/dns4/example.com/tcp/1/http-path/${'a'.repeat(MAX_RECORD_ADDRESS_BYTES)}`).bytes
    const addresses = [fromHex('04'), good, new Uint8Array(0), fromHex('fffffffff0'), long, good]
    const payload = message({ peerId: peerIdFromPrivateKey(key).toMultihash().bytes, seq: 4, addresses })
    const record = await openPeerRecord((await sealRecord(raw(payload), key)).marshal())
    expect(texts(record.addresses)).toEqual(['/ip4/192.0.2.1/tcp/4001', '/ip4/192.0.2.1/tcp/4001'])
    expect(record.seq).toBe(4n)
  })

  it('is refused with too many addresses', async () => {
    const key = await newKey()
    const addresses = Array.from({ length: MAX_RECORD_ADDRESSES + 1 }, () => fromHex('047f000001'))
    const payload = message({ peerId: peerIdFromPrivateKey(key).toMultihash().bytes, addresses })
    const bytes = (await sealRecord(raw(payload), key)).marshal()
    await expect(openPeerRecord(bytes)).rejects.toThrow(code('too-large'))
  })

  it.each([
    ['no peer id', message({ seq: 1 })],
    ['a number that goes on for ever', fromHex('10ffffffffffffffffffff01')],
    ['a number that is cut off', fromHex('10ffff')],
    ['a broken peer id', message({ peerId: fromHex('0024080112') })],
    ['broken protobuf', fromHex('0aff')]
  ])('with %s is refused', async (_, payload) => {
    const bytes = (await sealRecord(raw(payload), await newKey())).marshal()
    await expect(openPeerRecord(bytes)).rejects.toThrow(code('malformed'))
  })

  it('in the form of RFC 0003 is signed in the domain of RFC 0003', async () => {
    const key = await newKey()
    const payload = message({ peerId: peerIdFromPrivateKey(key).toMultihash().bytes, seq: 7 })
    const legacy = await sealRecord(raw(payload, RFC_FORM), key)
    expect((await openPeerRecord(legacy.marshal())).seq).toBe(7n)
    const mixed = await sealRecord(raw(payload, { ...RFC_FORM, domain: NETWORK_FORM.domain }), key)
    await expect(openPeerRecord(mixed.marshal())).rejects.toThrow(code('bad-signature'))
  })

  it.each([
    ['a negative number', { seqNumber: -1n }],
    ['a number over 64 bits', { seqNumber: MAX_SEQ + 1n }],
    ['too many addresses', { multiaddrs: Array(MAX_RECORD_ADDRESSES + 1).fill(multiaddr('/ip4/192.0.2.1')) }],
    [
      'an over-long address',
      { multiaddrs: [multiaddr(`/dns4/example.com/tcp/1/http-path/${'a'.repeat(MAX_RECORD_ADDRESS_BYTES)}`)] }
    ]
  ])('is not made with %s', async (_, fields) => {
    const peerId = peerIdFromPrivateKey(await newKey())
    expect(() => new PeerRecord({ peerId, multiaddrs: [], seqNumber: 1n, ...fields })).toThrow(
      expect.objectContaining({ name: 'InvalidParametersError' })
    )
  })

  it('equals one that says the same', async () => {
    const peerId = peerIdFromPrivateKey(await newKey())
    const of = (seqNumber: bigint): PeerRecord => new PeerRecord({ peerId, multiaddrs: [], seqNumber })
    expect(of(1n).equals(PeerRecord.decode(of(1n).marshal()))).toBe(true)
    expect(of(1n).equals(of(2n))).toBe(false)
    expect(of(1n).equals(raw(of(1n).marshal(), RFC_FORM))).toBe(false)
  })
})
