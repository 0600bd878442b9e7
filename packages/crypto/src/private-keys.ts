import type { KeyType, PrivateKey } from '@ts-libp2p/interface'
import { bounded } from './bounded.ts'
import { DerReader } from './der.ts'
import { ecdsaPrivateKey, generateEcdsa } from './ecdsa-secret.ts'
import { ed25519PrivateKey } from './ed25519-secret.ts'
import { decodeKey, parse } from './key-protobuf.ts'
import { generateRsa, rsaPrivateKey } from './rsa-secret.ts'
import { generateSecp256k1, secp256k1PrivateKey } from './secp256k1-secret.ts'

const PRIVATE: Record<KeyType, (raw: Uint8Array) => PrivateKey> = {
  RSA: rsaPrivateKey,
  Ed25519: ed25519PrivateKey,
  secp256k1: secp256k1PrivateKey,
  ECDSA: ecdsaPrivateKey
}

/** Parameters are checked. */
export async function generate(type: Exclude<KeyType, 'Ed25519'>, bits?: number): Promise<PrivateKey> {
  if (type === 'RSA') return generateRsa(bits)
  return type === 'ECDSA' ? generateEcdsa() : generateSecp256k1()
}

/**
 * Throws a `CryptoError`: `invalid-key` or `unsupported-key`. The bytes are copied. In browsers it brings all curves
 * into the bundle: `readPrivateKey` loads what it needs.
 */
export function privateKeyFromProtobuf(bytes: Uint8Array): PrivateKey {
  const { type, data } = decodeKey(bytes)
  return parse(PRIVATE[type], data)
}

/**
 * A private key from its raw form, which tells its type: 64 bytes (or 96, the legacy form) are Ed25519, 32 are
 * secp256k1, anything else is PKCS#1 of RSA or SEC1 of ECDSA. Throws a `CryptoError`. The bytes are copied. In browsers
 * it brings all curves into the bundle.
 */
export function privateKeyFromRaw(bytes: Uint8Array): PrivateKey {
  if (bytes.byteLength === 64 || bytes.byteLength === 96) return ed25519PrivateKey(new Uint8Array(bytes))
  if (bytes.byteLength === 32) return secp256k1PrivateKey(new Uint8Array(bytes))
  return parse(raw => (isEcdsaPrivate(raw) ? ecdsaPrivateKey(raw) : rsaPrivateKey(raw)), bounded(bytes))
}

// SEC1 begins with version 1, PKCS#1 with version 0.
function isEcdsaPrivate(raw: Uint8Array): boolean {
  return new DerReader(raw).nested().unsigned().byteLength > 0
}
