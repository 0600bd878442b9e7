import { CryptoError } from './errors.ts'
import { hasPoint, SECP256K1 } from './points.ts'
import type { Verifier } from './verifying-key.ts'

/** `raw` has 33 bytes. The curve is loaded with the first signature: most peers have other keys. */
export function verifier(raw: Uint8Array): Verifier {
  const isSigned = raw[0] === 2 || raw[0] === 3
  if (!isSigned || !hasPoint(SECP256K1, raw.subarray(1))) {
    throw new CryptoError('invalid-key', 'a secp256k1 public key is no point of the curve')
  }
  return async (data, signature) => {
    const { verify } = await import('./secp256k1.noble.ts')
    return verify(signature, data, raw)
  }
}
