import { concat, encodeVarint, fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TAG } from '../../src/der.ts'
import { der, derUnsigned } from '../../src/der-writer.ts'
import { encodePrivate } from '../../src/ecdsa-sec1.ts'
import {
  generateKeyPair,
  privateKeyFromProtobuf,
  privateKeyFromRaw,
  publicKeyFromProtobuf,
  publicKeyFromRaw,
  readPrivateKey,
  readPublicKey
} from '../../src/index.ts'
import { encodeEcPublic, encodeRsaPublic } from '../../src/pkix-writer.ts'
import { decodePrivate as decodeRsa } from '../../src/rsa-pkcs1.ts'
import { invalidPrivateKeys, invalidPublicKeys, keyPair, keyPairs } from './vectors.ts'

const ed25519 = keyPair('spec-ed25519').public_key_pb
const data = ed25519.slice(8)
const invalid = expect.objectContaining({ name: 'CryptoError', code: 'invalid-key' })
const unsupported = expect.objectContaining({ name: 'CryptoError', code: 'unsupported-key' })
const refused = expect.objectContaining({
  name: 'CryptoError',
  code: expect.stringMatching(/^(invalid|unsupported)-key$/)
})

const rawOf = (id: string): Uint8Array => privateKeyFromProtobuf(fromHex(keyPair(id).private_key_pb)).raw
const rsaNumbers = decodeRsa(rawOf('go-rsa'))
const pkcs1 = (numbers: typeof rsaNumbers): Uint8Array =>
  der(TAG.SEQUENCE, derUnsigned(new Uint8Array(0)), ...Object.values(numbers).map(derUnsigned))
const plusOne = (bytes: Uint8Array): Uint8Array => bytes.with(-1, (bytes.at(-1) as number) ^ 1)
const modulus = (bits: number): Uint8Array => new Uint8Array(bits / 8).fill(0xff)

export function invalidKeyTests(): void {
  it.each(invalidPublicKeys)('refuses a public key: $reason', async ({ public_key_pb }) => {
    expect(() => publicKeyFromProtobuf(fromHex(public_key_pb))).toThrow(refused)
    await expect((async () => readPublicKey(fromHex(public_key_pb)))()).rejects.toThrow(refused)
  })

  it.each(invalidPrivateKeys)('refuses a private key: $reason', async ({ private_key_pb }) => {
    expect(() => privateKeyFromProtobuf(fromHex(private_key_pb))).toThrow(refused)
    await expect(readPrivateKey(fromHex(private_key_pb))).rejects.toThrow(refused)
  })

  it.each([
    ['nothing', ''],
    ['the fields in the other order', `1220${data}0801`],
    ['a field twice', `08010801${ed25519.slice(4)}`],
    ['an unknown field behind', `${ed25519}1801`],
    ['a byte behind', `${ed25519}00`],
    ['the type left out', `1220${data}`],
    ['the data left out', '0801'],
    ['a type in two bytes', `088100${ed25519.slice(4)}`],
    ['a length in two bytes', `080112a000${data}`],
    ['an unknown type', `0804${ed25519.slice(4)}`],
    ['another wire type', `0901${ed25519.slice(4)}`]
  ])('refuses a protobuf with %s', (_, hex) => {
    expect(() => publicKeyFromProtobuf(fromHex(hex))).toThrow(refused)
    expect(() => privateKeyFromProtobuf(fromHex(hex))).toThrow(refused)
  })

  it('refuses what is far too long before it looks at it', () => {
    const long = concat([fromHex('080012'), encodeVarint(9000), new Uint8Array(9000)])
    for (const parse of [publicKeyFromProtobuf, privateKeyFromProtobuf, publicKeyFromRaw, privateKeyFromRaw]) {
      expect(() => parse(long)).toThrow(invalid)
    }
  })

  it('refuses an Ed25519 private key whose public copies differ, in either form', async () => {
    const raw = rawOf('spec-ed25519')
    const legacy = concat([raw, raw.subarray(32)])
    expect(privateKeyFromRaw(legacy).raw).toEqual(raw)
    for (const at of [33, 63]) expect(() => privateKeyFromRaw(raw.with(at, (raw[at] as number) ^ 1))).toThrow(invalid)
    for (const at of [33, 63, 64, 95]) {
      const changed = legacy.with(at, (legacy[at] as number) ^ 1)
      expect(() => privateKeyFromRaw(changed)).toThrow(invalid)
      await expect(readPrivateKey(concat([fromHex('08011260'), changed]))).rejects.toThrow(invalid)
    }
  })

  it.each([
    ['zero', '00'.repeat(32)],
    ['the order', 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'],
    ['beyond the order', 'ff'.repeat(32)]
  ])('refuses a secp256k1 private key: %s', (_, hex) => {
    expect(() => privateKeyFromRaw(fromHex(hex))).toThrow(invalid)
  })

  it.each([
    ['x that is on no point', `02${'00'.repeat(31)}05`],
    ['x beyond the field', `02${'ff'.repeat(32)}`],
    ['a prefix that is none', `05${keyPair('spec-secp256k1').public_key_pb.slice(10)}`],
    ['infinity, padded', '00'.repeat(33)]
  ])('refuses a secp256k1 public key: %s', (_, hex) => {
    expect(() => publicKeyFromRaw(fromHex(hex))).toThrow(invalid)
  })

  it.each([512, 1024, 2040, 8200])('refuses an RSA modulus of %d bits', bits => {
    const raw = encodeRsaPublic({ n: modulus(bits), e: Uint8Array.of(1, 0, 1) })
    expect(() => publicKeyFromRaw(raw)).toThrow(unsupported)
  })

  it.each([2048, 3072, 4096, 8192])('reads an RSA modulus of %d bits', bits => {
    const raw = encodeRsaPublic({ n: modulus(bits), e: Uint8Array.of(1, 0, 1) })
    expect(publicKeyFromRaw(raw).raw).toEqual(raw)
  })

  it.each(['', '01', '02', '010000', '80000001', '0100000001'])('refuses the RSA public exponent 0x%s', hex => {
    expect(() => publicKeyFromRaw(encodeRsaPublic({ n: modulus(2048), e: fromHex(hex) }))).toThrow(invalid)
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)('refuses an RSA private key with a wrong %s', name => {
    expect(privateKeyFromRaw(pkcs1(rsaNumbers)).type).toBe('RSA')
    expect(() => privateKeyFromRaw(pkcs1({ ...rsaNumbers, [name]: plusOne(rsaNumbers[name]) }))).toThrow(invalid)
  })

  it.each([1024, 2047, 8200, 2048.5, Number.NaN])('does not make RSA keys of %d bits', async bits => {
    await expect(generateKeyPair('RSA', { bits })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-parameters' })
    )
  })

  it('does not make keys of other types', async () => {
    await expect(generateKeyPair('DSA' as never)).rejects.toThrow(unsupported)
  })

  it('refuses ECDSA keys off their curve, and scalars out of range', () => {
    const off = Uint8Array.of(4, ...new Uint8Array(63), 5)
    expect(() => publicKeyFromRaw(encodeEcPublic('P-256', off))).toThrow(invalid)
    for (const scalar of [new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
      expect(() => privateKeyFromRaw(encodePrivate('P-256', scalar, off))).toThrow(invalid)
    }
  })

  it('refuses an ECDSA private key with the point of another', () => {
    const [one, two] = [rawOf('go-ecdsa'), rawOf('spec-ecdsa')]
    const mixed = concat([one.subarray(0, -64), two.subarray(-64)])
    expect(() => privateKeyFromRaw(mixed)).toThrow(invalid)
  })

  it.each(keyPairs)('$id: refuses every cut, and a byte more', ({ public_key_pb }) => {
    const bytes = fromHex(public_key_pb)
    for (let end = 0; end < bytes.length; end++) {
      expect(() => publicKeyFromProtobuf(bytes.subarray(0, end))).toThrow(refused)
    }
    expect(() => publicKeyFromProtobuf(concat([bytes, Uint8Array.of(0)]))).toThrow(refused)
  })

  it('either refuses arbitrary bytes with a CryptoError, or reads back what it read', () => {
    const real = keyPairs.map(one => fromHex(one.public_key_pb))
    const changed = fc
      .tuple(fc.constantFrom(...real), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([bytes, at, value]) => bytes.with(at % bytes.length, value))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), bytes => {
        const before = toHex(bytes)
        try {
          expect(toHex(publicKeyFromRaw(publicKeyFromProtobuf(bytes).raw).raw)).toBe(
            before.slice(-2 * rawLength(bytes))
          )
        } catch (err) {
          expect(err).toEqual(refused)
        }
      }),
      { numRuns: 200 }
    )
  })

  const rawLength = (bytes: Uint8Array): number => publicKeyFromProtobuf(bytes).raw.byteLength
}
