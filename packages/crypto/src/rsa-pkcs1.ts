import { DerReader, TAG } from './der.ts'
import { malformed, type RsaPublic, readAlgorithm } from './rsa-der.ts'

/** The names of JSON Web Keys, in the order of PKCS#1. */
export interface RsaPrivate extends RsaPublic {
  readonly d: Uint8Array
  readonly p: Uint8Array
  readonly q: Uint8Array
  readonly dp: Uint8Array
  readonly dq: Uint8Array
  readonly qi: Uint8Array
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
