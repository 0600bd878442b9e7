import type { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import type { Ed25519PublicKey, KeyType, RSAPublicKey, Secp256k1PublicKey } from './keys.ts'

export type PeerIdType = KeyType | string

interface PeerIdBase<Type extends string, Codec extends number, Hash extends number> {
  readonly type: Type
  /** base58btc of the multihash, the network's canonical text. */
  toString(): string
  toMultihash(): MultihashDigest<Hash>
  toCID(): CID<Uint8Array, Codec, Hash, 1>
  // biome-ignore lint/suspicious/noExplicitAny: anything can be compared
  equals(other?: any): boolean
}

/** An id that is the hash of its key: the key must come from elsewhere. */
export interface RSAPeerId extends PeerIdBase<'RSA', 0x72, 0x12> {
  readonly publicKey?: RSAPublicKey
}
export interface Ed25519PeerId extends PeerIdBase<'Ed25519', 0x72, 0x0> {
  readonly publicKey: Ed25519PublicKey
}
export interface Secp256k1PeerId extends PeerIdBase<'secp256k1', 0x72, 0x0> {
  readonly publicKey: Secp256k1PublicKey
}
export interface URLPeerId extends PeerIdBase<'url', 0x0920, 0x0> {
  readonly publicKey: undefined
}

export type PeerId = RSAPeerId | Ed25519PeerId | Secp256k1PeerId | URLPeerId

/** Brands peer ids across packages and versions. */
export const peerIdSymbol: unique symbol = Symbol.for('@libp2p/peer-id') as never

export function isPeerId(other: unknown): other is PeerId {
  return Boolean((other as { [peerIdSymbol]?: boolean } | null)?.[peerIdSymbol])
}
