import { ed25519 } from '@noble/curves/ed25519.js'

/** `seed` has 32 bytes. */
export function publicKeyOfSeed(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed)
}
