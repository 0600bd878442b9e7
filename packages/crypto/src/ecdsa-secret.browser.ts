import { p256, p384, p521 } from '@noble/curves/nist.js'
import { sha256 } from '#hash'
import type { CurveName } from './ecdsa-curves.ts'
import { CryptoError } from './errors.ts'
import type { Signer } from './signing-key.ts'

const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }

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

// WebCrypto knows these curves too, but only behind promises and without a way to check a key while it is parsed.
export function signer(curve: CurveName, scalar: Uint8Array): Signer {
  return data => CURVES[curve].sign(sha256(data), scalar, { format: 'der', lowS: false, prehash: false })
}
