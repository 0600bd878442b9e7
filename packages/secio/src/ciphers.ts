import type { Exchange, Hash } from './algorithms.ts'

export { createCtr, createEphemeral, hmac } from '#ciphers'

/** An ephemeral key. */
export interface Ephemeral {
  /** The point, uncompressed. */
  readonly publicKey: Uint8Array
  /** The x coordinate of the shared point, at full length. Throws unless `remote` is a point on the curve. */
  sharedX(remote: Uint8Array): Uint8Array
}

/** AES in counter mode, one keystream from the first call to the last. Encrypting and decrypting are the same. */
export interface Ctr {
  /** The chunk with the next of the keystream over it, in a new array. */
  apply(chunk: Uint8Array): Uint8Array
}

/** What a platform brings. Node has it natively; browsers have it only behind promises, and get noble's. */
export interface Ciphers {
  /** `privateKey` is a scalar, for tests. Default: a fresh one. */
  createEphemeral(exchange: Exchange, privateKey?: Uint8Array): Ephemeral
  /** The key's length tells AES-128 from AES-256. */
  createCtr(key: Uint8Array, iv: Uint8Array): Ctr
  hmac(hash: Hash, key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array
}
