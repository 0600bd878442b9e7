import type {
  AbortOptions,
  Peer,
  PeerData,
  PeerId,
  PeerStore,
  PeerUpdateOptions,
  PublicKey,
  Startable
} from '@ts-libp2p/interface'

/** A peer store with what the swarm needs of it: reads without promises, and connections that keep addresses good. */
export interface PeerBook extends PeerStore, Startable {
  /** Peers known, ourselves included. */
  readonly size: number
  /** Peers whose last change is not on disk yet. */
  readonly pendingWrites: number
  /** What is known of a peer, at once. Shared with others and frozen: read, do not change. */
  peek(peerId: PeerId): Peer | undefined
  /**
   * Addresses of a connected peer do not expire; for 15 minutes after its last connection neither. The caller bounds
   * how many are connected and tells of each end.
   */
  setConnected(peerId: PeerId, isConnected: boolean): void
  /** Rejects with a `NotFoundError` for a peer whose key is neither in its id nor stored. */
  getPublicKey(peerId: PeerId, options?: AbortOptions): Promise<PublicKey>
  save(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  patch(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  merge(id: PeerId, data: PeerData, options?: PeerUpdateOptions): Promise<Peer>
  /** Writes all changes. Rejects with a `PeerStoreError` (`write-failed`) for those that stay in memory alone. */
  flush(options?: AbortOptions): Promise<void>
  start(): Promise<void>
  /** Writes all changes, for 10 s at most. Reports what could not be written, and resolves. */
  stop(): Promise<void>
}
