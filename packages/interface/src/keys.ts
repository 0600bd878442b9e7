import type { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { AbortOptions } from './events.ts'

export type KeyType = 'RSA' | 'Ed25519' | 'secp256k1' | 'ECDSA'

interface VerifyingKey<Type extends KeyType, Hash extends number> {
  readonly type: Type
  /** Ed25519: 32 bytes. secp256k1: 33, compressed. RSA and ECDSA: PKIX DER. */
  readonly raw: Uint8Array
  // biome-ignore lint/suspicious/noExplicitAny: anything can be compared
  equals(key?: any): boolean
  /** The peer id's multihash: identity up to 42 bytes of protobuf, SHA-256 above. */
  toMultihash(): MultihashDigest<Hash>
  toCID(): CID<unknown, 0x72, Hash, 1>
  /** Checks a signature over `data`. Never throws for a bad signature. */
  verify(data: Uint8Array | Uint8ArrayList, sig: Uint8Array, options?: AbortOptions): boolean | Promise<boolean>
  toString(): string
}

export interface RSAPublicKey extends VerifyingKey<'RSA', 0x12> {
  readonly jwk: JsonWebKey
}
export interface Ed25519PublicKey extends VerifyingKey<'Ed25519', 0x0> {}
export interface Secp256k1PublicKey extends VerifyingKey<'secp256k1', 0x0> {}
export interface ECDSAPublicKey extends VerifyingKey<'ECDSA', 0x0> {
  readonly jwk: JsonWebKey
}
export type PublicKey = RSAPublicKey | Ed25519PublicKey | Secp256k1PublicKey | ECDSAPublicKey

interface SigningKey<Type extends KeyType, Public> {
  readonly type: Type
  readonly publicKey: Public
  /** Ed25519: 64 bytes, seed then public key. secp256k1: 32. RSA: PKCS#1 DER. ECDSA: SEC1 DER. Secret. */
  readonly raw: Uint8Array
  // biome-ignore lint/suspicious/noExplicitAny: anything can be compared
  equals(key?: any): boolean
  sign(data: Uint8Array | Uint8ArrayList, options?: AbortOptions): Uint8Array | Promise<Uint8Array>
}

export interface RSAPrivateKey extends SigningKey<'RSA', RSAPublicKey> {
  readonly jwk: JsonWebKey
}
export interface Ed25519PrivateKey extends SigningKey<'Ed25519', Ed25519PublicKey> {}
export interface Secp256k1PrivateKey extends SigningKey<'secp256k1', Secp256k1PublicKey> {}
export interface ECDSAPrivateKey extends SigningKey<'ECDSA', ECDSAPublicKey> {
  readonly jwk: JsonWebKey
}
export type PrivateKey = RSAPrivateKey | Ed25519PrivateKey | Secp256k1PrivateKey | ECDSAPrivateKey
