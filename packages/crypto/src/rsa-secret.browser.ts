import { ALGORITHM, subtle } from './rsa.browser.ts'
import { unwrapPkcs8 } from './rsa-pkcs1.ts'
import type { Signer } from './signing-key.ts'
import { owned } from './webcrypto.ts'

const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1)

/** PKCS#1 DER. */
export async function generatePkcs1(bits: number): Promise<Uint8Array> {
  const algorithm = { ...ALGORITHM, modulusLength: bits, publicExponent: PUBLIC_EXPONENT }
  const { privateKey } = await subtle().generateKey(algorithm, true, ['sign', 'verify'])
  return unwrapPkcs8(new Uint8Array(await subtle().exportKey('pkcs8', privateKey))).slice()
}

export function signer(jwk: () => JsonWebKey): Signer {
  let key: Promise<CryptoKey> | undefined
  return async data => {
    key ??= subtle().importKey('jwk', jwk(), ALGORITHM, false, ['sign'])
    return new Uint8Array(await subtle().sign(ALGORITHM, await key, owned(data)))
  }
}
