import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { DerReader, der, derBits, derUnsigned, TAG } from './der.ts'
import { CryptoError } from './errors.ts'

/** rsaEncryption, 1.2.840.113549.1.1.1 */
const RSA_ENCRYPTION: Uint8Array = fromHex('2a864886f70d010101')

/** Big-endian, without leading zeros. */
export interface RsaPublic {
  readonly n: Uint8Array
  readonly e: Uint8Array
}

/** The names of JSON Web Keys, in the order of PKCS#1. */
export interface RsaPrivate extends RsaPublic {
  readonly d: Uint8Array
  readonly p: Uint8Array
  readonly q: Uint8Array
  readonly dp: Uint8Array
  readonly dq: Uint8Array
  readonly qi: Uint8Array
}

/** PKIX: `SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { n, e } } }` (RFC 3279). */
export function decodePublic(bytes: Uint8Array): RsaPublic {
  const outer = new DerReader(bytes)
  const key = outer.nested()
  outer.end()
  readAlgorithm(key)
  const wrapped = new DerReader(key.bits())
  key.end()
  const numbers = wrapped.nested()
  wrapped.end()
  const found = { n: numbers.unsigned(), e: numbers.unsigned() }
  numbers.end()
  return found
}

export function encodePublic({ n, e }: RsaPublic): Uint8Array {
  const algorithm = der(TAG.SEQUENCE, der(TAG.OID, RSA_ENCRYPTION), der(TAG.NULL))
  return der(TAG.SEQUENCE, algorithm, derBits(der(TAG.SEQUENCE, derUnsigned(n), derUnsigned(e))))
}

/** PKCS#1: `SEQUENCE { 0, n, e, d, p, q, dp, dq, qi }` (RFC 8017 A.1.2). */
export function decodePrivate(bytes: Uint8Array): RsaPrivate {
  const outer = new DerReader(bytes)
  const key = outer.nested()
  outer.end()
  if (key.unsigned().byteLength > 0) throw malformed('has more than two primes')
  const next = (): Uint8Array => key.unsigned()
  const found = { n: next(), e: next(), d: next(), p: next(), q: next(), dp: next(), dq: next(), qi: next() }
  key.end()
  return found
}

/** The PKCS#1 within PKCS#8: `SEQUENCE { 0, algorithm, OCTET STRING }` (RFC 5208). */
export function unwrapPkcs8(bytes: Uint8Array): Uint8Array {
  const key = new DerReader(bytes).nested()
  key.unsigned()
  readAlgorithm(key)
  return key.element(TAG.OCTET_STRING)
}

function readAlgorithm(key: DerReader): void {
  const algorithm = key.nested()
  if (!bytesEqual(algorithm.element(TAG.OID), RSA_ENCRYPTION)) throw malformed('has another algorithm')
  if (algorithm.element(TAG.NULL).byteLength > 0) throw malformed('has parameters')
  algorithm.end()
}

function malformed(what: string): CryptoError {
  return new CryptoError('invalid-key', `an RSA key ${what}`)
}
