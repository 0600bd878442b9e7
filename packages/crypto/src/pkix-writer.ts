import { TAG } from './der.ts'
import { der, derBits, derUnsigned } from './der-writer.ts'
import { CURVES, type CurveName } from './ecdsa-curves.ts'
import { EC_PUBLIC_KEY } from './ecdsa-der.ts'
import { RSA_ENCRYPTION, type RsaPublic } from './rsa-der.ts'

/** `SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { n, e } } }` (RFC 3279). */
export function encodeRsaPublic({ n, e }: RsaPublic): Uint8Array {
  const algorithm = der(TAG.SEQUENCE, der(TAG.OID, RSA_ENCRYPTION), der(TAG.NULL))
  return der(TAG.SEQUENCE, algorithm, derBits(der(TAG.SEQUENCE, derUnsigned(n), derUnsigned(e))))
}

/** `SEQUENCE { SEQUENCE { id-ecPublicKey, curve }, BIT STRING point }` (RFC 5480). */
export function encodeEcPublic(curve: CurveName, point: Uint8Array): Uint8Array {
  const algorithm = der(TAG.SEQUENCE, der(TAG.OID, EC_PUBLIC_KEY), der(TAG.OID, CURVES[curve].oid))
  return der(TAG.SEQUENCE, algorithm, derBits(point))
}
