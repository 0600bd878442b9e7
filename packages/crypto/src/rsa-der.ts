import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { DerReader, TAG } from './der.ts'
import { CryptoError } from './errors.ts'

/** rsaEncryption, 1.2.840.113549.1.1.1 */
export const RSA_ENCRYPTION: Uint8Array = fromHex('2a864886f70d010101')

/** Big-endian, without leading zeros. */
export interface RsaPublic {
  readonly n: Uint8Array
  readonly e: Uint8Array
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

export function readAlgorithm(key: DerReader): void {
  const algorithm = key.nested()
  if (!bytesEqual(algorithm.element(TAG.OID), RSA_ENCRYPTION)) throw malformed('has another algorithm')
  if (algorithm.element(TAG.NULL).byteLength > 0) throw malformed('has parameters')
  algorithm.end()
}

export function malformed(what: string): CryptoError {
  return new CryptoError('invalid-key', `an RSA key ${what}`)
}
