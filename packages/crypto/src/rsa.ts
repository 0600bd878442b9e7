import type { RSAPublicKey } from '@ts-libp2p/interface'
import { verifier } from '#rsa'
import { toBase64Url } from './base64-url.ts'
import { assertPublic } from './rsa-checks.ts'
import { decodePublic, type RsaPublic } from './rsa-der.ts'
import { VerifyingKey } from './verifying-key.ts'

/** `raw` is PKIX DER, the callee's to keep. */
export function rsaPublicKey(raw: Uint8Array): RSAPublicKey {
  const numbers = decodePublic(raw)
  assertPublic(numbers)
  return new ModulusPublicKey(raw, numbers)
}

export class ModulusPublicKey extends VerifyingKey<'RSA', 0x12> {
  readonly #numbers: RsaPublic

  constructor(raw: Uint8Array, numbers: RsaPublic) {
    super(
      'RSA',
      raw,
      verifier(() => this.jwk)
    )
    this.#numbers = numbers
  }

  get jwk(): JsonWebKey {
    return toJwk({ n: this.#numbers.n, e: this.#numbers.e })
  }
}

/** Of these numbers, named as a JSON Web Key names them. */
export function toJwk(numbers: RsaPublic): JsonWebKey {
  const encoded = Object.entries(numbers).map(([name, bytes]) => [name, toBase64Url(bytes)])
  return { kty: 'RSA', ...Object.fromEntries(encoded) }
}
