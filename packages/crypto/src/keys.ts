import type {
  ECDSAPrivateKey,
  Ed25519PrivateKey,
  KeyType,
  PrivateKey,
  PublicKey,
  RSAPrivateKey,
  Secp256k1PrivateKey
} from '@ts-libp2p/interface'
import { generateEd25519, readEd25519 } from './ed25519.ts'
import { CryptoError } from './errors.ts'
import { decodeKey, encodeKey, KEY_TYPES } from './key-protobuf.ts'

export interface GenerateRsaOptions {
  /** 2048 to 8192 in steps of 8. Default 2048. Each doubling makes signing about 6 times slower. */
  readonly bits?: number
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
  if (!KEY_TYPES.includes(type)) throw new CryptoError('unsupported-key', `key type ${String(type)} is not known`)
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

/** The one deterministic form, which peer ids are made of. */
export function publicKeyToProtobuf(key: PublicKey): Uint8Array {
  return encodeKey(key.type, key.raw)
}

/** The form that go, rust and js store private keys in. Secret, and not encrypted. */
export function privateKeyToProtobuf(key: PrivateKey): Uint8Array {
  return encodeKey(key.type, key.raw)
}
