import { encode as encodeCbor } from '@ipld/dag-cbor'
import { fromHex, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { PrivateKey } from '@ts-libp2p/interface'
import { peerIdFromBytes, peerIdFromPrivateKey, peerIdFromString } from '@ts-libp2p/peer-id'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createIpnsRecord,
  ipnsKey,
  ipnsValidator,
  MAX_IPNS_RECORD_BYTES,
  MAX_SEQ,
  parseIpnsRecord
} from '../src/index.ts'
import { signedBytesV2 } from '../src/ipns-codec.ts'
import { IpnsEntry } from '../src/pb/ipns.js'
import vectors from './vectors/ipns-records.json' with { type: 'json' }

interface Vector {
  id: string
  name: string
  name_multihash: string
  record: string
  valid_before_expiry: boolean
  value?: string
  sequence?: string
  ttl_ns?: string
  validity?: string
}

const cases = vectors.cases as Vector[]
/** Before every vector's end of life. */
const NOW = Date.UTC(2023, 7, 1)
const LATER = NOW + 3_600_000
const code = (code: string) => expect.objectContaining({ name: 'RecordError', code })
const privateKey = await generateKeyPair('Ed25519')
const key = ipnsKey(peerIdFromPrivateKey(privateKey))
const record = (fields: Partial<Parameters<typeof createIpnsRecord>[0]> = {}): Promise<Uint8Array> =>
  createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence: 1n, expiresAt: LATER, ...fields })
const validate = async (value: Uint8Array, now = NOW, under = key): Promise<void> =>
  await ipnsValidator.validate(under, value, now)

describe('the vectors', () => {
  it('are all looked at', () => {
    expect(cases).toHaveLength(14)
    expect(cases.filter(vector => vector.valid_before_expiry)).toHaveLength(11)
  })

  it.each(cases.filter(vector => vector.valid_before_expiry))('$id is believed', async vector => {
    const name = peerIdFromBytes(fromHex(vector.name_multihash))
    const bytes = fromHex(vector.record)
    await validate(bytes, NOW, ipnsKey(name))
    const { value, sequence, ttlNs, expiresAt } = parseIpnsRecord(bytes)
    expect(toUtf8(value)).toBe(vector.value)
    expect(sequence).toBe(BigInt(vector.sequence as string))
    expect(ttlNs).toBe(BigInt(vector.ttl_ns as string))
    expect(expiresAt).toBe(Date.parse(vector.validity as string))
    expect(peerIdFromString(vector.name).equals(name)).toBe(true)
  })

  it.each(cases.filter(vector => vector.valid_before_expiry))('$id expires', async vector => {
    const name = ipnsKey(peerIdFromBytes(fromHex(vector.name_multihash)))
    const end = Date.parse(vector.validity as string)
    await validate(fromHex(vector.record), end - 1, name)
    await expect(validate(fromHex(vector.record), end, name)).rejects.toEqual(code('expired'))
  })

  it.each(cases.filter(vector => !vector.valid_before_expiry))('$id is refused', async vector => {
    const name = ipnsKey(peerIdFromBytes(fromHex(vector.name_multihash)))
    await expect(validate(fromHex(vector.record), NOW, name)).rejects.toMatchObject({ name: 'RecordError' })
  })
})

describe('a record of our own', () => {
  it.each(['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const)('is believed: %s', async type => {
    const privateKey = await generateKeyPair(type as 'Ed25519')
    const key = ipnsKey(peerIdFromPrivateKey(privateKey))
    await validate(await record({ privateKey }), NOW, key)
    await validate(await record({ privateKey, isV1Compatible: false }), NOW, key)
  })

  it('says what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          value: fc.uint8Array({ maxLength: 4000 }),
          sequence: fc.bigInt({ min: 0n, max: MAX_SEQ }),
          ttlNs: fc.bigInt({ min: 0n, max: MAX_SEQ }),
          expiresAt: fc.integer({ min: 0, max: Date.UTC(9999, 11) }),
          isV1Compatible: fc.boolean()
        }),
        async ({ isV1Compatible, ...fields }) => {
          const bytes = await record({ ...fields, isV1Compatible })
          expect(parseIpnsRecord(bytes)).toEqual(fields)
          await validate(bytes, fields.expiresAt - 1)
        }
      ),
      { numRuns: 50 }
    )
  })

  it('has what old readers look at unless told otherwise', async () => {
    const old = IpnsEntry.decode(await record())
    expect(toUtf8(old.value)).toBe('/ipfs/bafkqaaa')
    expect([toUtf8(old.validity), old.validityType]).toEqual(['2023-08-01T01:00:00Z', 0])
    const signed = new Uint8Array([...old.value, ...old.validity, ...fromUtf8('EOL')])
    expect(await privateKey.publicKey.verify(signed, old.signatureV1)).toBe(true)
    const { value, signatureV1 } = IpnsEntry.decode(await record({ isV1Compatible: false }))
    expect([value.byteLength, signatureV1.byteLength]).toEqual([0, 0])
  })

  it('writes what is 0 there too, which js-libp2p wants to see', async () => {
    const { validityType, sequence, ttl } = IpnsEntry.decode(await record({ sequence: 0n, ttlNs: 0n }))
    expect([validityType, sequence, ttl]).toEqual([0, 0n, 0n])
    const absent = IpnsEntry.decode(await record({ sequence: 0n, ttlNs: 0n, isV1Compatible: false }))
    expect([absent.validityType, absent.sequence, absent.ttl]).toEqual([undefined, undefined, undefined])
  })

  it('takes what is absent for 0', async () => {
    const whole = IpnsEntry.decode(await record({ sequence: 0n, ttlNs: 0n }))
    const { validityType: _, sequence: __, ttl: ___, ...shorter } = whole
    await validate(IpnsEntry.encode(shorter).finish(), NOW)
  })

  it.each([
    ['a negative sequence', { sequence: -1n }],
    ['a sequence of 65 bits', { sequence: MAX_SEQ + 1n }],
    ['a negative ttl', { ttlNs: -1n }],
    ['no time', { expiresAt: Number.NaN }],
    ['a time with five digits of years', { expiresAt: Date.UTC(10_000, 0) }],
    ['a value that is too long', { value: new Uint8Array(MAX_IPNS_RECORD_BYTES) }]
  ])('is not made of %s', async (_, fields) => {
    await expect(record(fields)).rejects.toMatchObject({ name: 'InvalidParametersError' })
  })

  it('rejects with the reason of an aborted signal', async () => {
    const reason = new Error('enough')
    await expect(record({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a record that is not to be believed', () => {
  const other = generateKeyPair('Ed25519')
  const signed = async (data: Uint8Array, by: PrivateKey = privateKey, more: IpnsEntry.$Properties = {}) =>
    IpnsEntry.encode({ data, signatureV2: await by.sign(signedBytesV2(data)), ...more }).finish()
  const data = (fields: object = {}): Uint8Array =>
    encodeCbor({
      ...{ Value: fromUtf8('/x'), Sequence: 1, TTL: 1, ValidityType: 0, Validity: fromUtf8('2023-08-01T01:00:00Z') },
      ...fields
    })

  it('differs from one that is in one thing only', async () => {
    await validate(await signed(data()))
  })

  it.each<[string, string, () => Promise<Uint8Array>]>([
    ['signed by another', 'bad-signature', async () => await signed(data(), await other)],
    [
      'with the key of another',
      'wrong-key',
      async () => await signed(data(), await other, { pubKey: publicKeyToProtobuf((await other).publicKey) })
    ],
    ['with a broken key', 'malformed', async () => await signed(data(), privateKey, { pubKey: fromHex('0801') })],
    ['without data', 'malformed', async () => IpnsEntry.encode({ signatureV2: fromHex('00') }).finish()],
    ['without a signature', 'malformed', async () => IpnsEntry.encode({ data: data() }).finish()],
    ['of broken protobuf', 'malformed', async () => fromHex('0aff')],
    ['of broken CBOR', 'malformed', async () => await signed(fromHex('a1'))],
    ['of CBOR that is no map', 'malformed', async () => await signed(fromHex('80'))],
    ['of nothing', 'malformed', async () => new Uint8Array(0)],
    ['with another validity type', 'malformed', async () => await signed(data({ ValidityType: 1 }))],
    ['without a value', 'malformed', async () => await signed(data({ Value: null }))],
    ['with a value that is text', 'malformed', async () => await signed(data({ Value: '/x' }))],
    ['with a negative sequence', 'malformed', async () => await signed(data({ Sequence: -1 }))],
    ['with a fractional ttl', 'malformed', async () => await signed(data({ TTL: 0.5 }))],
    ['with a validity that is no time', 'malformed', async () => await signed(data({ Validity: fromUtf8('soon') }))],
    ['with a validity that is no text', 'malformed', async () => await signed(data({ Validity: fromHex('ff') }))],
    [
      'with another value in version 1',
      'malformed',
      async () =>
        await signed(data(), privateKey, { value: fromUtf8('/y'), validity: fromUtf8('2023-08-01T01:00:00Z') })
    ],
    ['that is too large', 'too-large', async () => new Uint8Array(MAX_IPNS_RECORD_BYTES + 1)]
  ])('%s: %s', async (_, expected, bytes) => {
    await expect(validate(await bytes())).rejects.toEqual(code(expected))
  })

  it('under the name of another: it does not hold our key', async () => {
    const theirs = ipnsKey(peerIdFromPrivateKey(await other))
    await expect(validate(await record(), NOW, theirs)).rejects.toEqual(code('bad-signature'))
  })

  it('under a hashed name without the key', async () => {
    const rsa = ipnsKey(peerIdFromString('QmVujd5Vb7moysJj8itnGufN7MEtPRCNHkKpNuA4onsRa3'))
    await expect(validate(await record(), NOW, rsa)).rejects.toEqual(code('malformed'))
  })

  it.each(['/ipns/', '/ipns/nobody', '/pk/x', 'ipns/x', ''])('under the key %j', async text => {
    await expect(validate(await record(), NOW, fromUtf8(text))).rejects.toEqual(code('wrong-key'))
  })

  it('whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
        await expect(validate(bytes)).rejects.toMatchObject({ name: 'RecordError' })
      })
    )
  })
})

describe('of several records', () => {
  const select = (...values: Uint8Array[]): number => ipnsValidator.select(key, values)

  it('the higher sequence wins, even with an earlier end', async () => {
    const [a, b] = [await record({ sequence: 9n }), await record({ sequence: 10n, expiresAt: NOW + 1 })]
    expect([select(a, b), select(b, a)]).toEqual([1, 0])
  })

  it('sequences are told apart to the last of 64 bits', async () => {
    const [a, b] = [await record({ sequence: MAX_SEQ - 1n }), await record({ sequence: MAX_SEQ })]
    expect([select(a, b), select(b, a)]).toEqual([1, 0])
  })

  it('of one sequence the later end wins', async () => {
    const [a, b] = [await record({ expiresAt: LATER + 1 }), await record()]
    expect([select(a, b), select(b, a)]).toEqual([0, 1])
  })

  it('every order gives the same winner, whatever is equal', async () => {
    const values = await Promise.all(['/a', '/b', '/c'].map(value => record({ value })))
    const winners = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2]
    ].map(order => {
      const list = order.map(i => values[i] as Uint8Array)
      return list[select(...list)]
    })
    expect(new Set(winners).size).toBe(1)
  })

  it('what cannot be read never wins', async () => {
    expect(select(fromHex('ff'), await record())).toBe(1)
    expect(() => select(fromHex('ff'))).toThrow(code('malformed'))
    expect(() => select()).toThrow(code('malformed'))
  })
})
