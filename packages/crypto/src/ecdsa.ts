import type { ECDSAPublicKey } from '@ts-libp2p/interface'
import { verifier } from '#ecdsa'
import { toBase64Url } from './base64-url.ts'
import type { CurveName } from './ecdsa-curves.ts'
import { decodePublic } from './ecdsa-der.ts'
import { VerifyingKey } from './verifying-key.ts'

/** `raw` is PKIX DER, the callee's to keep. */
export function ecdsaPublicKey(raw: Uint8Array): ECDSAPublicKey {
  const { curve, point } = decodePublic(raw)
  return new CurvePublicKey(raw, curve, point)
}

// The contract's type says that these keys are inlined into the peer id; they are too long for that, and hashed.
export class CurvePublicKey extends VerifyingKey<'ECDSA', 0x0> {
  readonly #curve: CurveName
  readonly #point: Uint8Array

  constructor(raw: Uint8Array, curve: CurveName, point: Uint8Array) {
    super('ECDSA', raw, verifier(curve, point))
    this.#curve = curve
    this.#point = point
  }

  get jwk(): JsonWebKey {
    return publicJwk(this.#curve, this.#point)
  }
}

export function publicJwk(curve: CurveName, point: Uint8Array): JsonWebKey {
  const middle = (point.byteLength + 1) / 2
  const x = toBase64Url(point.subarray(1, middle))
  return { kty: 'EC', crv: curve, x, y: toBase64Url(point.subarray(middle)) }
}
