import { bytesEqual, concat } from '@ts-libp2p/bytes'
import type { Ed25519PrivateKey, Ed25519PublicKey } from '@ts-libp2p/interface'
import { publicKeyOfSeed, signer, verifier } from '#ed25519'
import { isWeakPoint } from './ed25519-points.ts'
import { CryptoError } from './errors.ts'
import { SigningKey } from './signing-key.ts'
import { VerifyingKey } from './verifying-key.ts'

const KEY_BYTES = 32
const PRIVATE_BYTES = 64
/** Old go-libp2p wrote the public key twice. */
const LEGACY_PRIVATE_BYTES = 96

/** `raw` is the callee's to keep. */
export function ed25519PublicKey(raw: Uint8Array): Ed25519PublicKey {
  if (raw.byteLength !== KEY_BYTES) throw wrongLength('public key', `${KEY_BYTES}`, raw)
  // Anyone can sign for a weak point: such a peer exists, but nothing it signed holds.
  return new VerifyingKey<'Ed25519', 0x0>('Ed25519', raw, isWeakPoint(raw) ? () => false : verifier(raw))
}

/** `raw` is the seed, then the public key once, or twice in the legacy form. */
export function ed25519PrivateKey(raw: Uint8Array): Ed25519PrivateKey {
  if (raw.byteLength !== PRIVATE_BYTES && raw.byteLength !== LEGACY_PRIVATE_BYTES) {
    throw wrongLength('private key', `${PRIVATE_BYTES} or ${LEGACY_PRIVATE_BYTES}`, raw)
  }
  const key = ed25519FromSeed(raw.subarray(0, KEY_BYTES))
  for (let at = KEY_BYTES; at < raw.byteLength; at += KEY_BYTES) {
    if (!bytesEqual(raw.subarray(at, at + KEY_BYTES), key.publicKey.raw)) {
      throw new CryptoError('invalid-key', 'the public key within an Ed25519 private key does not belong to its seed')
    }
  }
  return key
}

/** The key of a 32-byte seed (RFC 8032 §5.1.5). Throws a `CryptoError` (`invalid-key`) for another length. */
export function ed25519FromSeed(seed: Uint8Array): Ed25519PrivateKey {
  if (seed.byteLength !== KEY_BYTES) throw wrongLength('seed', `${KEY_BYTES}`, seed)
  const raw = concat([seed, publicKeyOfSeed(seed)])
  const publicKey = ed25519PublicKey(raw.slice(KEY_BYTES))
  return new SigningKey<'Ed25519', Ed25519PublicKey>(publicKey, raw, signer(raw.subarray(0, KEY_BYTES)))
}

function wrongLength(what: string, wanted: string, bytes: Uint8Array): CryptoError {
  return new CryptoError('invalid-key', `an Ed25519 ${what} has ${wanted} bytes, not ${bytes.byteLength}`)
}
