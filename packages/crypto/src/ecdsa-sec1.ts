import { bytesEqual } from '@ts-libp2p/bytes'
import { DerReader, TAG } from './der.ts'
import { der, derBits, derUnsigned } from './der-writer.ts'
import { CURVES, type CurveName, curveOf } from './ecdsa-curves.ts'
import { checkedPoint, malformed } from './ecdsa-der.ts'

const VERSION = Uint8Array.of(1)

export interface EcPrivate {
  readonly curve: CurveName
  readonly scalar: Uint8Array
  readonly point: Uint8Array | undefined
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
