import { sha256 } from '#hash'
import { isPoint } from './affine-points.ts'
import type { CurveName } from './ecdsa-curves.ts'
import { CryptoError } from './errors.ts'
import type { Curve } from './points.ts'
import type { Verifier } from './verifying-key.ts'

/** Source: SEC 2, sections 2.4.2, 2.5.1 and 2.6.1. */
const CURVES: Record<CurveName, Curve> = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    a: -3n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    a: -3n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    a: -3n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n
  }
}

/** The curve is loaded with the first signature: hardly any peer has such a key. */
export function verifier(curve: CurveName, point: Uint8Array): Verifier {
  if (!isPoint(CURVES[curve], point.subarray(1))) {
    throw new CryptoError('invalid-key', `an ECDSA public key is no point of ${curve}`)
  }
  return async (data, signature) => {
    const { verify } = await import('./ecdsa.noble.ts')
    try {
      // SHA-256 whatever the curve.
      return verify(curve, signature, sha256(data), point)
    } catch {
      // A signature that is not DER.
      return false
    }
  }
}
