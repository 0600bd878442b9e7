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
import { ecdsaPublicKey } from './ecdsa.ts'
import { EC_PUBLIC_KEY } from './ecdsa-der.ts'
import { ed25519PublicKey, generateEd25519, readEd25519 } from './ed25519.ts'
import { CryptoError } from './errors.ts'
import { bounded, decodeKey, encodeKey, parse } from './key-protobuf.ts'
import { rsaPublicKey } from './rsa.ts'
import { secp256k1PublicKey } from './secp256k1.ts'

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

// What other private keys need is loaded with the first of them: most nodes have none.
const others = (): Promise<typeof import('./private-keys.ts')> => import('./private-keys.ts')

/** A new private key. Ed25519 is what to use; ECDSA keys are on P-256. */
export async function generateKeyPair(type: 'Ed25519'): Promise<Ed25519PrivateKey>
export async function generateKeyPair(type: 'secp256k1'): Promise<Secp256k1PrivateKey>
export async function generateKeyPair(type: 'ECDSA'): Promise<ECDSAPrivateKey>
export async function generateKeyPair(type: 'RSA', options?: GenerateRsaOptions): Promise<RSAPrivateKey>
export async function generateKeyPair(type: KeyType, options?: GenerateRsaOptions): Promise<PrivateKey>
export async function generateKeyPair(type: KeyType, { bits }: GenerateRsaOptions = {}): Promise<PrivateKey> {
  if (type === 'Ed25519') return generateEd25519()
  if (!Object.hasOwn(PUBLIC, type)) {
    throw new CryptoError('unsupported-key', `key type ${String(type)} is not known`)
  }
  return (await others()).generate(type, bits)
}

/**
 * Reads the form that go, rust and js store private keys in, loading what keys of its type need first. Rejects with a
 * `CryptoError`: `invalid-key` or `unsupported-key`. The bytes are copied.
 */
export async function readPrivateKey(protobuf: Uint8Array): Promise<PrivateKey> {
  const { type, data } = decodeKey(protobuf)
  return type === 'Ed25519' ? readEd25519(data) : (await others()).privateKeyFromProtobuf(protobuf)
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

function isEcdsaPublic(raw: Uint8Array): boolean {
  return bytesEqual(new DerReader(raw).nested().nested().element(TAG.OID), EC_PUBLIC_KEY)
}
