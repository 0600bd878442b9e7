import { p256, p384, p521 } from '@noble/curves/nist.js'
import type { CurveName } from './ecdsa-curves.ts'

const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }

/** DER over a hash of the data, and no rule about the lower `s`: Go's defaults. */
export function verify(curve: CurveName, signature: Uint8Array, hash: Uint8Array, point: Uint8Array): boolean {
  return CURVES[curve].verify(signature, hash, point, { format: 'der', lowS: false, prehash: false })
}
