import type { PublicKey } from '@ts-libp2p/interface'
import { hashedKey } from '#hashed-key'
import { ed25519PublicKey } from './ed25519.ts'
import { CryptoError } from './errors.ts'
import { decodeKey, parse } from './key-protobuf.ts'
import { secp256k1PublicKey } from './secp256k1.ts'

/**
 * A public key from its protobuf, as `publicKeyFromProtobuf` reads it: at once, but in browsers for RSA and ECDSA keys,
 * which come behind a promise. Throws, or rejects with, a `CryptoError`: `invalid-key` or `unsupported-key`. The bytes
 * are copied.
 */
export function readPublicKey(protobuf: Uint8Array): PublicKey | Promise<PublicKey> {
  const { type, data } = decodeKey(protobuf)
  return type === 'RSA' || type === 'ECDSA' ? hashedKey(type, data) : inlinedKey(type, data)
}

/** The key that a peer id holds. Throws a `CryptoError`: `invalid-key` or, for a type that none holds, `unsupported-key`. */
export function inlinedPublicKey(protobuf: Uint8Array): PublicKey {
  const { type, data } = decodeKey(protobuf)
  if (type === 'Ed25519' || type === 'secp256k1') return inlinedKey(type, data)
  throw new CryptoError('unsupported-key', `no peer id holds a key of type ${type}`)
}

function inlinedKey(type: 'Ed25519' | 'secp256k1', data: Uint8Array): PublicKey {
  return parse<PublicKey>(type === 'Ed25519' ? ed25519PublicKey : secp256k1PublicKey, data)
}
