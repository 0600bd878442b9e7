import { bytesEqual } from '@ts-libp2p/bytes'
import type {
  ECDSAPrivateKey,
  Ed25519PrivateKey,
  KeyType,
  PrivateKey,
  PublicKey,
  RSAPrivateKey,
  Secp256k1PrivateKey
} from '@ts-libp2p/interface'
import { DerReader, TAG } from './der.ts'
import { ecdsaPrivateKey, ecdsaPublicKey, generateEcdsa } from './ecdsa.ts'
import { EC_PUBLIC_KEY } from './ecdsa-der.ts'
import { ed25519FromSeed, ed25519PrivateKey, ed25519PublicKey } from './ed25519.ts'
import { CryptoError } from './errors.ts'
import { decodeKey, encodeKey } from './key-protobuf.ts'
import { MAX_KEY_BYTES } from './limits.ts'
import { systemRandom } from './random.ts'
import { generateRsa, rsaPrivateKey, rsaPublicKey } from './rsa.ts'
import { generateSecp256k1, secp256k1PrivateKey, secp256k1PublicKey } from './secp256k1.ts'

export interface GenerateRsaOptions {
  /** 2048 to 8192 in steps of 8. Default 2048. Each doubling makes signing about 6 times slower. */
  readonly bits?: number
}

const PUBLIC: Record<KeyType, (raw: Uint8Array) => PublicKey> = {
  RSA: rsaPublicKey,
  Ed25519: ed25519PublicKey,
  secp256k1: secp256k1PublicKey,
  ECDSA: ecdsaPublicKey
}

const PRIVATE: Record<KeyType, (raw: Uint8Array) => PrivateKey> = {
  RSA: rsaPrivateKey,
  Ed25519: ed25519PrivateKey,
  secp256k1: secp256k1PrivateKey,
  ECDSA: ecdsaPrivateKey
}

/** A new private key. Ed25519 is what to use; ECDSA keys are on P-256. */
export async function generateKeyPair(type: 'Ed25519'): Promise<Ed25519PrivateKey>
export async function generateKeyPair(type: 'secp256k1'): Promise<Secp256k1PrivateKey>
export async function generateKeyPair(type: 'ECDSA'): Promise<ECDSAPrivateKey>
export async function generateKeyPair(type: 'RSA', options?: GenerateRsaOptions): Promise<RSAPrivateKey>
export async function generateKeyPair(type: KeyType, options?: GenerateRsaOptions): Promise<PrivateKey>
export async function generateKeyPair(type: KeyType, options: GenerateRsaOptions = {}): Promise<PrivateKey> {
  switch (type) {
    case 'Ed25519':
      return ed25519FromSeed(systemRandom.bytes(32))
    case 'secp256k1':
      return generateSecp256k1()
    case 'ECDSA':
      return generateEcdsa()
    case 'RSA':
      return generateRsa(options.bits)
    default:
      throw new CryptoError('unsupported-key', `key type ${String(type)} is not known`)
  }
}

/** Throws a `CryptoError`: `invalid-key` or `unsupported-key`. The bytes are copied. */
export function publicKeyFromProtobuf(bytes: Uint8Array): PublicKey {
  const { type, data } = decodeKey(bytes)
  return parse(PUBLIC[type], data)
}

/** The one deterministic form, which peer ids are made of. */
export function publicKeyToProtobuf(key: PublicKey): Uint8Array {
  return encodeKey(key.type, key.raw)
}

/** Throws a `CryptoError`: `invalid-key` or `unsupported-key`. The bytes are copied. */
export function privateKeyFromProtobuf(bytes: Uint8Array): PrivateKey {
  const { type, data } = decodeKey(bytes)
  return parse(PRIVATE[type], data)
}

/** The form that go, rust and js store private keys in. Secret, and not encrypted. */
export function privateKeyToProtobuf(key: PrivateKey): Uint8Array {
  return encodeKey(key.type, key.raw)
}

/**
 * A public key from its raw form, which tells its type: 32 bytes are Ed25519, 33 are a compressed secp256k1 point,
 * anything else is PKIX DER of an RSA or ECDSA key. Throws a `CryptoError`. The bytes are copied.
 */
export function publicKeyFromRaw(bytes: Uint8Array): PublicKey {
  if (bytes.byteLength === 32) return ed25519PublicKey(new Uint8Array(bytes))
  if (bytes.byteLength === 33) return secp256k1PublicKey(new Uint8Array(bytes))
  return parse(raw => (isEcdsaPublic(raw) ? ecdsaPublicKey(raw) : rsaPublicKey(raw)), bounded(bytes))
}

/**
 * A private key from its raw form, which tells its type: 64 bytes (or 96, the legacy form) are Ed25519, 32 are
 * secp256k1, anything else is PKCS#1 of RSA or SEC1 of ECDSA. Throws a `CryptoError`. The bytes are copied.
 */
export function privateKeyFromRaw(bytes: Uint8Array): PrivateKey {
  if (bytes.byteLength === 64 || bytes.byteLength === 96) return ed25519PrivateKey(new Uint8Array(bytes))
  if (bytes.byteLength === 32) return secp256k1PrivateKey(new Uint8Array(bytes))
  return parse(raw => (isEcdsaPrivate(raw) ? ecdsaPrivateKey(raw) : rsaPrivateKey(raw)), bounded(bytes))
}

function parse<Key>(read: (raw: Uint8Array) => Key, raw: Uint8Array): Key {
  try {
    return read(raw)
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause
    throw new CryptoError('invalid-key', 'malformed key', { cause })
  }
}

function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > MAX_KEY_BYTES) throw new CryptoError('invalid-key', `a key of ${bytes.byteLength} bytes`)
  return new Uint8Array(bytes)
}

function isEcdsaPublic(raw: Uint8Array): boolean {
  return bytesEqual(new DerReader(raw).nested().nested().element(TAG.OID), EC_PUBLIC_KEY)
}

// SEC1 begins with version 1, PKCS#1 with version 0.
function isEcdsaPrivate(raw: Uint8Array): boolean {
  return new DerReader(raw).nested().unsigned().byteLength > 0
}
