import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { DerReader, der, derBits, derUnsigned, TAG } from './der.ts'
import { CURVES, type CurveName, curveOf } from './ecdsa-curves.ts'
import { CryptoError } from './errors.ts'

/** id-ecPublicKey, 1.2.840.10045.2.1 */
export const EC_PUBLIC_KEY: Uint8Array = fromHex('2a8648ce3d0201')

const VERSION = Uint8Array.of(1)
const UNCOMPRESSED = 0x04

export interface EcPublic {
  readonly curve: CurveName
  /** 0x04, x, y. Whether it lies on the curve is not checked here. */
  readonly point: Uint8Array
}

export interface EcPrivate {
  readonly curve: CurveName
  readonly scalar: Uint8Array
  readonly point: Uint8Array | undefined
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

export function encodePublic(curve: CurveName, point: Uint8Array): Uint8Array {
  const algorithm = der(TAG.SEQUENCE, der(TAG.OID, EC_PUBLIC_KEY), der(TAG.OID, CURVES[curve].oid))
  return der(TAG.SEQUENCE, algorithm, derBits(point))
}

/** SEC1: `SEQUENCE { 1, OCTET STRING scalar, [0] curve, [1] BIT STRING point OPTIONAL }` (RFC 5915). */
export function decodePrivate(bytes: Uint8Array): EcPrivate {
  const outer = new DerReader(bytes)
  const key = outer.nested()
  outer.end()
  if (!bytesEqual(key.unsigned(), VERSION)) throw malformed('has another version than 1')
  const scalar = key.element(TAG.OCTET_STRING)
  const parameters = key.nested(TAG.PARAMETERS)
  const curve = curveOf(parameters.element(TAG.OID))
  parameters.end()
  if (scalar.byteLength !== CURVES[curve].size) throw malformed('has a scalar of another size than its curve')
  const point = key.isAtEnd ? undefined : decodePoint(curve, key.nested(TAG.PUBLIC))
  key.end()
  return { curve, scalar, point }
}

export function encodePrivate(curve: CurveName, scalar: Uint8Array, point: Uint8Array): Uint8Array {
  return der(
    TAG.SEQUENCE,
    derUnsigned(VERSION),
    der(TAG.OCTET_STRING, scalar),
    der(TAG.PARAMETERS, der(TAG.OID, CURVES[curve].oid)),
    der(TAG.PUBLIC, derBits(point))
  )
}

function decodePoint(curve: CurveName, field: DerReader): Uint8Array {
  const point = checkedPoint(curve, field.bits())
  field.end()
  return point
}

function checkedPoint(curve: CurveName, point: Uint8Array): Uint8Array {
  if (point[0] !== UNCOMPRESSED || point.byteLength !== 1 + 2 * CURVES[curve].size) {
    throw malformed('has no uncompressed point of its curve')
  }
  return point
}

function malformed(what: string): CryptoError {
  return new CryptoError('invalid-key', `an ECDSA key ${what}`)
}
