/** Curves for the ephemeral keys, by the names that proposals use. */
export type Exchange = 'P-256' | 'P-384' | 'P-521'
export type Cipher = 'AES-128' | 'AES-256'
export type Hash = 'SHA256' | 'SHA512'

/** What a side can do, best first. */
export interface Preferences {
  readonly exchanges: readonly Exchange[]
  readonly ciphers: readonly Cipher[]
  readonly hashes: readonly Hash[]
}

/** All that the spec names, in go-libp2p's order. Blowfish, which it drops, is left out. */
export const ALL: Preferences = {
  exchanges: ['P-256', 'P-384', 'P-521'],
  ciphers: ['AES-256', 'AES-128'],
  hashes: ['SHA256', 'SHA512']
}

/** What two sides agreed on. */
export interface Suite {
  readonly exchange: Exchange
  readonly cipher: Cipher
  readonly hash: Hash
}

/** Bytes of a coordinate. A point is sent uncompressed: a 4, then two of them. */
export const COORDINATE_BYTES: Record<Exchange, number> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

export const CIPHER_KEY_BYTES: Record<Cipher, number> = { 'AES-128': 16, 'AES-256': 32 }

/** Bytes of the MAC that ends every message. */
export const TAG_BYTES: Record<Hash, number> = { SHA256: 32, SHA512: 64 }
