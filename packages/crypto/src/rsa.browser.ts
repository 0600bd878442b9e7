import { CryptoError } from './errors.ts'
import type { Verifier } from './verifying-key.ts'
import { owned, subtleCrypto } from './webcrypto.ts'

/** RSASSA-PKCS1-v1_5, as WebCrypto names it. */
export const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

export function verifier(jwk: () => JsonWebKey): Verifier {
  let key: Promise<CryptoKey> | undefined
  return async (data, signature) => {
    key ??= subtle().importKey('jwk', jwk(), ALGORITHM, false, ['verify'])
    return subtle().verify(ALGORITHM, await key, owned(signature), owned(data))
  }
}

/** Throws a `CryptoError` (`unavailable`). */
export function subtle(): SubtleCrypto {
  const found = subtleCrypto()
  if (found !== undefined) return found
  throw new CryptoError('unavailable', 'RSA needs crypto.subtle, which browsers offer in secure contexts only')
}
