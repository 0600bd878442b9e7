import { bytesEqual } from '@ts-libp2p/bytes'
import type { ECDSAPrivateKey, ECDSAPublicKey } from '@ts-libp2p/interface'
import { base64url } from 'multiformats/bases/base64'
import { curvePoint, generateScalar, signer, verifier } from '#ecdsa'
import type { CurveName } from './ecdsa-curves.ts'
import { decodePrivate, decodePublic, encodePrivate, encodePublic } from './ecdsa-der.ts'
import { CryptoError } from './errors.ts'
import { SigningKey } from './signing-key.ts'
import { VerifyingKey } from './verifying-key.ts'

/** `raw` is PKIX DER, the callee's to keep. */
export function ecdsaPublicKey(raw: Uint8Array): ECDSAPublicKey {
  const { curve, point } = decodePublic(raw)
  return new CurvePublicKey(raw, curve, point)
}

/** `raw` is SEC1 DER, the callee's to keep. */
export function ecdsaPrivateKey(raw: Uint8Array): ECDSAPrivateKey {
  const { curve, scalar, point } = decodePrivate(raw)
  const own = curvePoint(curve, scalar)
  if (point !== undefined && !bytesEqual(point, own)) {
    throw new CryptoError('invalid-key', 'the public key within an ECDSA private key does not belong to it')
  }
  return new CurvePrivateKey(new CurvePublicKey(encodePublic(curve, own), curve, own), raw, curve, scalar)
}

export function generateEcdsa(): ECDSAPrivateKey {
  const curve = 'P-256'
  const scalar = generateScalar(curve)
  return ecdsaPrivateKey(encodePrivate(curve, scalar, curvePoint(curve, scalar)))
}

// The contract's type says that these keys are inlined into the peer id; they are too long for that, and hashed.
class CurvePublicKey extends VerifyingKey<'ECDSA', 0x0> {
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

class CurvePrivateKey extends SigningKey<'ECDSA', ECDSAPublicKey> {
  readonly #curve: CurveName
  readonly #scalar: Uint8Array

  constructor(publicKey: ECDSAPublicKey, raw: Uint8Array, curve: CurveName, scalar: Uint8Array) {
    super(publicKey, raw, signer(curve, scalar))
    this.#curve = curve
    this.#scalar = scalar
  }

  get jwk(): JsonWebKey {
    const point = curvePoint(this.#curve, this.#scalar)
    return { ...publicJwk(this.#curve, point), d: base64url.baseEncode(this.#scalar) }
  }
}

function publicJwk(curve: CurveName, point: Uint8Array): JsonWebKey {
  const middle = (point.byteLength + 1) / 2
  const x = base64url.baseEncode(point.subarray(1, middle))
  return { kty: 'EC', crv: curve, x, y: base64url.baseEncode(point.subarray(middle)) }
}
