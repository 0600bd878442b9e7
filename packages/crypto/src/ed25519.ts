import { bytesEqual, concat } from '@ts-libp2p/bytes'
import type { Ed25519PrivateKey, Ed25519PublicKey } from '@ts-libp2p/interface'
import { publicKeyOfSeed, signer, verifier } from '#ed25519'
import { isWeakPoint } from './ed25519-points.ts'
import { CryptoError } from './errors.ts'
import { systemRandom } from './random.ts'
import { SigningKey } from './signing-key.ts'
import { VerifyingKey } from './verifying-key.ts'

const KEY_BYTES = 32
const PRIVATE_BYTES = 64
/** Old go-libp2p wrote the public key twice. */
const LEGACY_PRIVATE_BYTES = 96

/** `raw` is the callee's to keep. */
export function ed25519PublicKey(raw: Uint8Array): Ed25519PublicKey {
  assertLength('public key', raw)
  // Anyone can sign for a weak point: such a peer exists, but nothing it signed holds.
  return new VerifyingKey<'Ed25519', 0x0>('Ed25519', raw, isWeakPoint(raw) ? () => false : verifier(raw))
}

export async function generateEd25519(): Promise<Ed25519PrivateKey> {
  const seed = systemRandom.bytes(KEY_BYTES)
  return keyOfSeed(seed, await publicKeyOfSeed(seed))
}

/** `raw` is the seed, then the public key once, or twice in the legacy form. */
export async function readEd25519(raw: Uint8Array): Promise<Ed25519PrivateKey> {
  const seed = seedOf(raw)
  return privateKeyOf(raw, await publicKeyOfSeed(seed))
}

/** The same once the public key of the seed is known. */
export function privateKeyOf(raw: Uint8Array, publicKey: Uint8Array): Ed25519PrivateKey {
  for (let at = KEY_BYTES; at < raw.byteLength; at += KEY_BYTES) {
    if (!bytesEqual(raw.subarray(at, at + KEY_BYTES), publicKey)) {
      throw new CryptoError('invalid-key', 'the public key within an Ed25519 private key does not belong to its seed')
    }
  }
  return keyOfSeed(seedOf(raw), publicKey)
}

export function seedOf(raw: Uint8Array): Uint8Array {
  if (raw.byteLength === PRIVATE_BYTES || raw.byteLength === LEGACY_PRIVATE_BYTES) return raw.subarray(0, KEY_BYTES)
  throw wrongLength('private key', `${PRIVATE_BYTES} or ${LEGACY_PRIVATE_BYTES}`, raw)
}

export function keyOfSeed(seed: Uint8Array, publicKey: Uint8Array): Ed25519PrivateKey {
  const raw = concat([seed, publicKey])
  return new SigningKey<'Ed25519', Ed25519PublicKey>(
    ed25519PublicKey(raw.slice(KEY_BYTES)),
    raw,
    signer(raw.subarray(0, KEY_BYTES))
  )
}

/** Throws a `CryptoError` (`invalid-key`) unless there are 32 bytes. */
export function assertLength(what: 'public key' | 'seed', bytes: Uint8Array): void {
  if (bytes.byteLength !== KEY_BYTES) throw wrongLength(what, `${KEY_BYTES}`, bytes)
}

function wrongLength(what: string, wanted: string, bytes: Uint8Array): CryptoError {
  return new CryptoError('invalid-key', `an Ed25519 ${what} has ${wanted} bytes, not ${bytes.byteLength}`)
}
