import { ed25519 } from '@noble/curves/ed25519.js'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

/** RFC 8032 rather than ZIP 215: the checks that OpenSSL and Go make. */
const STRICT = { zip215: false }

/** `seed` has 32 bytes. */
export function publicKeyOfSeed(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed)
}

export function signer(seed: Uint8Array): Signer {
  return data => ed25519.sign(data, seed)
}

export function verifier(raw: Uint8Array): Verifier {
  return (data, signature) => {
    try {
      return ed25519.verify(signature, data, raw, STRICT)
    } catch {
      // A signature of another length, or a key that is no point.
      return false
    }
  }
}
