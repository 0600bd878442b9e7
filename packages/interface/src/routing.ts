import type { CID } from 'multiformats/cid'
import type { AbortOptions, ProgressOptions, TypedEventTarget } from './events.ts'
import type { PeerId } from './peer-id.ts'
import type { PeerInfo } from './peer-store.ts'

export interface RoutingOptions extends AbortOptions, ProgressOptions {
  /** Ask other peers. Default true. */
  useNetwork?: boolean
  /** Answer from what is stored here. Default true. */
  useCache?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: a tracing library's own context
  trace?: any
}

/** Finds where a peer is. */
export interface PeerRouting {
  findPeer(peerId: PeerId, options?: RoutingOptions): Promise<PeerInfo>
  getClosestPeers(key: Uint8Array, options?: RoutingOptions): AsyncIterable<PeerInfo>
}

export interface Provider extends PeerInfo {
  routing: string
}

/** Finds who has some content, and stores small values. */
export interface ContentRouting {
  provide(cid: CID, options?: RoutingOptions): Promise<void>
  cancelReprovide(key: CID, options?: RoutingOptions): Promise<void>
  findProviders(cid: CID, options?: RoutingOptions): AsyncIterable<Provider>
  put(key: Uint8Array, value: Uint8Array, options?: RoutingOptions): Promise<void>
  get(key: Uint8Array, options?: RoutingOptions): Promise<Uint8Array>
}

export interface PeerDiscoveryEvents {
  peer: CustomEvent<PeerInfo>
}

/** Announces peers that it comes across. */
export interface PeerDiscovery extends TypedEventTarget<PeerDiscoveryEvents> {}

export const peerRoutingSymbol: unique symbol = Symbol.for('@libp2p/peer-routing') as never
export const contentRoutingSymbol: unique symbol = Symbol.for('@libp2p/content-routing') as never
export const peerDiscoverySymbol: unique symbol = Symbol.for('@libp2p/peer-discovery') as never

export interface PeerRoutingProvider {
  [peerRoutingSymbol]: Partial<PeerRouting>
}
export interface ContentRoutingProvider {
  [contentRoutingSymbol]: Partial<ContentRouting>
}
export interface PeerDiscoveryProvider {
  [peerDiscoverySymbol]: PeerDiscovery
}
