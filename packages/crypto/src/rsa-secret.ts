import type { RSAPrivateKey, RSAPublicKey } from '@ts-libp2p/interface'
import { generatePkcs1, signer } from '#rsa-secret'
import { CryptoError } from './errors.ts'
import { MAX_RSA_BITS, MIN_RSA_BITS } from './limits.ts'
import { encodeRsaPublic } from './pkix-writer.ts'
import { ModulusPublicKey, toJwk } from './rsa.ts'
import { assertPublic } from './rsa-checks.ts'
import { assertConsistent } from './rsa-consistency.ts'
import { decodePrivate, type RsaPrivate } from './rsa-pkcs1.ts'
import { SigningKey } from './signing-key.ts'

/** What `generateKeyPair('RSA')` makes: the size that go and js make too. */
const DEFAULT_BITS = 2048

/** `raw` is PKCS#1 DER, the callee's to keep. */
export function rsaPrivateKey(raw: Uint8Array): RSAPrivateKey {
  const numbers = decodePrivate(raw)
  assertPublic(numbers)
  assertConsistent(numbers)
  return new ModulusPrivateKey(new ModulusPublicKey(encodeRsaPublic(numbers), numbers), raw, numbers)
}

export async function generateRsa(bits: number = DEFAULT_BITS): Promise<RSAPrivateKey> {
  if (!(Number.isInteger(bits) && bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && bits % 8 === 0)) {
    const range = `${MIN_RSA_BITS} to ${MAX_RSA_BITS}`
    throw new CryptoError('invalid-parameters', `an RSA key has ${range} bits in steps of 8, not ${bits}`)
  }
  return rsaPrivateKey(await generatePkcs1(bits))
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
