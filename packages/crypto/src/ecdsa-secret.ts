import { bytesEqual } from '@ts-libp2p/bytes'
import type { ECDSAPrivateKey, ECDSAPublicKey } from '@ts-libp2p/interface'
import { curvePoint, generateScalar, signer } from '#ecdsa-secret'
import { toBase64Url } from './base64-url.ts'
import { CurvePublicKey, publicJwk } from './ecdsa.ts'
import type { CurveName } from './ecdsa-curves.ts'
import { decodePrivate, encodePrivate } from './ecdsa-sec1.ts'
import { CryptoError } from './errors.ts'
import { encodeEcPublic } from './pkix-writer.ts'
import { SigningKey } from './signing-key.ts'

/** `raw` is SEC1 DER, the callee's to keep. */
export function ecdsaPrivateKey(raw: Uint8Array): ECDSAPrivateKey {
  const { curve, scalar, point } = decodePrivate(raw)
  const own = curvePoint(curve, scalar)
  if (point !== undefined && !bytesEqual(point, own)) {
    throw new CryptoError('invalid-key', 'the public key within an ECDSA private key does not belong to it')
  }
  return new CurvePrivateKey(new CurvePublicKey(encodeEcPublic(curve, own), curve, own), raw, curve, scalar)
}

export function generateEcdsa(): ECDSAPrivateKey {
  const curve = 'P-256'
  const scalar = generateScalar(curve)
  return ecdsaPrivateKey(encodePrivate(curve, scalar, curvePoint(curve, scalar)))
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
    return { ...publicJwk(this.#curve, point), d: toBase64Url(this.#scalar) }
  }
}
