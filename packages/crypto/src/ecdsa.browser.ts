import { p256, p384, p521 } from '@noble/curves/nist.js'
import { sha256 } from '#hash'
import type { CurveName } from './ecdsa-curves.ts'
import { CryptoError } from './errors.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }

/** DER over SHA-256 whatever the curve, and no rule about the lower `s`: Go's defaults. */
const SIGNATURE = { format: 'der', lowS: false, prehash: false } as const

export function generateScalar(curve: CurveName): Uint8Array {
  return CURVES[curve].utils.randomSecretKey()
}

/** The uncompressed public point of a private scalar. */
export function curvePoint(curve: CurveName, scalar: Uint8Array): Uint8Array {
  try {
    return CURVES[curve].getPublicKey(scalar, false)
  } catch (cause) {
    throw new CryptoError('invalid-key', `an ECDSA scalar is zero or beyond the order of ${curve}`, { cause })
  }
}

// WebCrypto knows these curves too, but only behind promises, only in secure contexts and without a way to check a key
// while it is parsed.
export function verifier(curve: CurveName, point: Uint8Array): Verifier {
  const { Point, verify } = CURVES[curve]
  try {
    Point.fromBytes(point)
  } catch (cause) {
    throw new CryptoError('invalid-key', `an ECDSA public key is no point of ${curve}`, { cause })
  }
  return (data, signature) => {
    try {
      return verify(signature, sha256(data), point, SIGNATURE)
    } catch {
      // A signature that is not DER.
      return false
    }
  }
}

export function signer(curve: CurveName, scalar: Uint8Array): Signer {
  return data => CURVES[curve].sign(sha256(data), scalar, SIGNATURE)
}
