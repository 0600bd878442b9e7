import { unwrapPkcs8 } from './rsa-pkcs1.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'
import { owned, requireSubtle } from './webcrypto.ts'

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1)

/** PKCS#1 DER. */
export async function generatePkcs1(bits: number): Promise<Uint8Array> {
  const algorithm = { ...ALGORITHM, modulusLength: bits, publicExponent: PUBLIC_EXPONENT }
  const { privateKey } = await subtle().generateKey(algorithm, true, ['sign', 'verify'])
  return unwrapPkcs8(new Uint8Array(await subtle().exportKey('pkcs8', privateKey))).slice()
}

export function verifier(jwk: () => JsonWebKey): Verifier {
  let key: Promise<CryptoKey> | undefined
  return async (data, signature) => {
    key ??= subtle().importKey('jwk', jwk(), ALGORITHM, false, ['verify'])
    return subtle().verify(ALGORITHM, await key, owned(signature), owned(data))
  }
}

export function signer(jwk: () => JsonWebKey): Signer {
  let key: Promise<CryptoKey> | undefined
  return async data => {
    key ??= subtle().importKey('jwk', jwk(), ALGORITHM, false, ['sign'])
    return new Uint8Array(await subtle().sign(ALGORITHM, await key, owned(data)))
  }
}

function subtle(): SubtleCrypto {
  return requireSubtle('RSA')
}
