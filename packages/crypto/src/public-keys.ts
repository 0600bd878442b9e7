import { bytesEqual } from '@ts-libp2p/bytes'
import type { KeyType, PublicKey } from '@ts-libp2p/interface'
import { bounded } from './bounded.ts'
import { DerReader, TAG } from './der.ts'
import { ecdsaPublicKey } from './ecdsa.ts'
import { EC_PUBLIC_KEY } from './ecdsa-der.ts'
import { ed25519PublicKey } from './ed25519.ts'
import { decodeKey, parse } from './key-protobuf.ts'
import { rsaPublicKey } from './rsa.ts'
import { secp256k1PublicKey } from './secp256k1.ts'

const READERS: Readonly<Record<KeyType, (raw: Uint8Array) => PublicKey>> = {
  RSA: rsaPublicKey,
  Ed25519: ed25519PublicKey,
  secp256k1: secp256k1PublicKey,
  ECDSA: ecdsaPublicKey
}

/**
 * Throws a `CryptoError`: `invalid-key` or `unsupported-key`. The bytes are copied. In browsers it brings what RSA and
 * ECDSA keys need into the bundle: `readPublicKey` loads it.
 */
export function publicKeyFromProtobuf(bytes: Uint8Array): PublicKey {
  const { type, data } = decodeKey(bytes)
  return parse(READERS[type], data)
}

/**
 * A public key from its raw form, which tells its type: 32 bytes are Ed25519, 33 are a compressed secp256k1 point,
 * anything else is PKIX DER of an RSA or ECDSA key. Throws a `CryptoError`. The bytes are copied.
 */
export function publicKeyFromRaw(bytes: Uint8Array): PublicKey {
  if (bytes.byteLength === 32) return ed25519PublicKey(new Uint8Array(bytes))
  if (bytes.byteLength === 33) return secp256k1PublicKey(new Uint8Array(bytes))
  return parse(raw => READERS[isEcdsaPublic(raw) ? 'ECDSA' : 'RSA'](raw), bounded(bytes))
}

function isEcdsaPublic(raw: Uint8Array): boolean {
  return bytesEqual(new DerReader(raw).nested().nested().element(TAG.OID), EC_PUBLIC_KEY)
}
