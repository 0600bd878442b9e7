import type { AbortOptions } from './events.ts'
import type { PublicKey } from './keys.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { PeerId } from './peer-id.ts'

/** Peers with a tag that begins so are kept connected. */
export const KEEP_ALIVE = 'keep-alive'

export interface PeerInfo {
  id: PeerId
  multiaddrs: Multiaddr[]
}

export interface Address {
  multiaddr: Multiaddr
  /** It came in a record that the peer signed. */
  isCertified: boolean
  /** Who told of it first, e.g. `identify` or `discovery`, where that was said. */
  source?: string
}

export interface Tag {
  /** 0 to 100; connections of peers with a higher sum are kept longer. */
  value: number
}

export interface TagOptions {
  /** 0 to 100; the sum of a peer's tags says what its connections are worth. Default 0. */
  value?: number
  /** Milliseconds until it is removed. Default: never. */
  ttl?: number
}

export interface Peer {
  id: PeerId
  addresses: Address[]
  protocols: string[]
  metadata: Map<string, Uint8Array>
  tags: Map<string, Tag>
  peerRecordEnvelope?: Uint8Array
}

export interface PeerData {
  addresses?: Address[]
  /** Uncertified addresses, for short. */
  multiaddrs?: Multiaddr[]
  protocols?: string[]
  metadata?: Map<string, Uint8Array | undefined> | Record<string, Uint8Array | undefined>
  tags?: Map<string, TagOptions | undefined> | Record<string, TagOptions | undefined>
  publicKey?: PublicKey
  peerRecordEnvelope?: Uint8Array
}

export type PeerQueryFilter = (peer: Peer) => boolean

export type PeerQueryOrder = (a: Peer, b: Peer) => -1 | 0 | 1

export interface PeerQuery extends AbortOptions {
  filters?: PeerQueryFilter[]
  orders?: PeerQueryOrder[]
  limit?: number
  offset?: number
}

export interface ConsumePeerRecordOptions extends AbortOptions {
  /** Rejects a record of anybody else. Default: whoever signed it is believed for themselves. */
  expectedPeer?: PeerId
}

export interface PeerUpdate {
  peer: Peer
  previous?: Peer
}

export interface PeerUpdateOptions extends AbortOptions {
  /** Who tells of the addresses of this update, 64 characters at most. Kept with those that are new. */
  source?: string
  /** Milliseconds for which the addresses of this update are good. Default: the store's. */
  addressTtlMs?: number
}

/** What is known of each peer. */
export interface PeerStore {
  forEach(fn: (peer: Peer) => void, query?: PeerQuery): Promise<void>
  all(query?: PeerQuery): Promise<Peer[]>
  delete(peerId: PeerId, options?: AbortOptions): Promise<void>
  has(peerId: PeerId, options?: AbortOptions): Promise<boolean>
  /** Rejects with a `NotFoundError` for an unknown peer. */
  get(peerId: PeerId, options?: AbortOptions): Promise<Peer>
  getInfo(peerId: PeerId, options?: AbortOptions): Promise<PeerInfo>
  /** Replaces everything that was known. */
  save(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  /** Replaces the fields given, leaves the others. */
  patch(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  /** Adds to lists and maps; an undefined map value removes its key. */
  merge(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  /** Stores the addresses of a signed peer record. False when it is older than what is known. */
  consumePeerRecord(buf: Uint8Array, options?: ConsumePeerRecordOptions): Promise<boolean>
}
