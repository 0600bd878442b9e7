import type { RSAPrivateKey, RSAPublicKey } from '@ts-libp2p/interface'
import { base64url } from 'multiformats/bases/base64'
import { generatePkcs1, signer, verifier } from '#rsa'
import { CryptoError } from './errors.ts'
import { MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts'
import { assertConsistent, assertPublic } from './rsa-checks.ts'
import { decodePrivate, decodePublic, encodePublic, type RsaPrivate, type RsaPublic } from './rsa-der.ts'
import { SigningKey } from './signing-key.ts'
import { VerifyingKey } from './verifying-key.ts'

/** What `generateKeyPair('RSA')` makes: the size that go and js make too. */
const DEFAULT_BITS = 2048

/** `raw` is PKIX DER, the callee's to keep. */
export function rsaPublicKey(raw: Uint8Array): RSAPublicKey {
  const numbers = decodePublic(raw)
  assertPublic(numbers)
  return new ModulusPublicKey(raw, numbers)
}

/** `raw` is PKCS#1 DER, the callee's to keep. */
export function rsaPrivateKey(raw: Uint8Array): RSAPrivateKey {
  const numbers = decodePrivate(raw)
  assertPublic(numbers)
  assertConsistent(numbers)
  return new ModulusPrivateKey(new ModulusPublicKey(encodePublic(numbers), numbers), raw, numbers)
}

export async function generateRsa(bits: number = DEFAULT_BITS): Promise<RSAPrivateKey> {
  if (!(Number.isInteger(bits) && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && bits % 8 === 0)) {
    const range = `${MIN_RSA_BITS} to ${MAX_RSA_BITS}`
    throw new CryptoError('invalid-parameters', `an RSA key has ${range} bits in steps of 8, not ${bits}`)
  }
  return rsaPrivateKey(await generatePkcs1(bits))
}

class ModulusPublicKey extends VerifyingKey<'RSA', 0x12> {
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

class ModulusPrivateKey extends SigningKey<'RSA', RSAPublicKey> {
  readonly #numbers: RsaPrivate

  constructor(publicKey: RSAPublicKey, raw: Uint8Array, numbers: RsaPrivate) {
    super(
      publicKey,
      raw,
      signer(() => this.jwk)
    )
    this.#numbers = numbers
  }

  get jwk(): JsonWebKey {
    return toJwk(this.#numbers)
  }
}

function toJwk(numbers: RsaPublic | RsaPrivate): JsonWebKey {
  const encoded = Object.entries(numbers).map(([name, bytes]) => [name, base64url.baseEncode(bytes)])
  return { kty: 'RSA', ...Object.fromEntries(encoded) }
}
