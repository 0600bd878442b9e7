import type { Ed25519PrivateKey } from '@ts-libp2p/interface'
import { publicKeyOfSeedSync } from '#ed25519-secret'
import { assertLength, keyOfSeed, privateKeyOf, seedOf } from './ed25519.ts'

/** `raw` is the seed, then the public key once, or twice in the legacy form. */
export function ed25519PrivateKey(raw: Uint8Array): Ed25519PrivateKey {
  return privateKeyOf(raw, publicKeyOfSeedSync(seedOf(raw)))
}

/** The key of a 32-byte seed (RFC 8032 §5.1.5). Throws a `CryptoError` (`invalid-key`) for another length. */
export function ed25519FromSeed(seed: Uint8Array): Ed25519PrivateKey {
  assertLength('seed', seed)
  return keyOfSeed(seed, publicKeyOfSeedSync(seed))
}
