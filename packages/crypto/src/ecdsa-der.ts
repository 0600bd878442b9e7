import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { DerReader, TAG } from './der.ts'
import { CURVES, type CurveName, curveOf } from './ecdsa-curves.ts'
import { CryptoError } from './errors.ts'

/** id-ecPublicKey, 1.2.840.10045.2.1 */
export const EC_PUBLIC_KEY: Uint8Array = fromHex('2a8648ce3d0201')

const UNCOMPRESSED = 0x04

export interface EcPublic {
  readonly curve: CurveName
  /** 0x04, x, y. Whether it lies on the curve is not checked here. */
  readonly point: Uint8Array
}

/** PKIX: `SEQUENCE { SEQUENCE { id-ecPublicKey, curve }, BIT STRING point }` (RFC 5480). */
export function decodePublic(bytes: Uint8Array): EcPublic {
  const outer = new DerReader(bytes)
  const key = outer.nested()
  outer.end()
  const algorithm = key.nested()
  if (!bytesEqual(algorithm.element(TAG.OID), EC_PUBLIC_KEY)) throw malformed('has another algorithm')
  const curve = curveOf(algorithm.element(TAG.OID))
  algorithm.end()
  const point = checkedPoint(curve, key.bits())
  key.end()
  return { curve, point }
}

export function checkedPoint(curve: CurveName, point: Uint8Array): Uint8Array {
  if (point[0] !== UNCOMPRESSED || point.byteLength !== 1 + 2 * CURVES[curve].size) {
    throw malformed('has no uncompressed point of its curve')
  }
  return point
}

export function malformed(what: string): CryptoError {
  return new CryptoError('invalid-key', `an ECDSA key ${what}`)
}
