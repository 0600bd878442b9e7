import type { Connection, NewStreamOptions, NewStreamProgressEvents } from './connection.ts'
import type { AbortOptions, ProgressEvent, ProgressOptions, TypedEventTarget } from './events.ts'
import type { Ed25519PublicKey, PublicKey, RSAPublicKey, Secp256k1PublicKey } from './keys.ts'
import type { Metrics } from './metrics.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { DialTarget, IdentifyResult } from './node.ts'
import type { Ed25519PeerId, PeerId, RSAPeerId, Secp256k1PeerId, URLPeerId } from './peer-id.ts'
import type { PeerInfo, PeerStore, PeerUpdate } from './peer-store.ts'
import type { ComponentLogger } from './platform.ts'
import type { StreamHandler, StreamHandlerOptions, StreamMiddleware, Topology } from './protocol.ts'
import type { ContentRouting, PeerRouting } from './routing.ts'
import type { Startable } from './startable.ts'
import type { Stream } from './stream.ts'
import type { Listener } from './transport.ts'

export interface TLSCertificate {
  key: string
  cert: string
}

export type ServiceMap = Record<string, unknown>

export interface Libp2pEvents<T extends ServiceMap = ServiceMap> {
  'peer:discovery': CustomEvent<PeerInfo>
  'peer:connect': CustomEvent<PeerId>
  'peer:disconnect': CustomEvent<PeerId>
  'peer:reconnect-failure': CustomEvent<PeerId>
  'peer:identify': CustomEvent<IdentifyResult>
  'peer:update': CustomEvent<PeerUpdate>
  'self:peer:update': CustomEvent<PeerUpdate>
  'transport:listening': CustomEvent<Listener>
  'transport:close': CustomEvent<Listener>
  'connection:prune': CustomEvent<Connection[]>
  'connection:open': CustomEvent<Connection>
  'connection:close': CustomEvent<Connection>
  'certificate:provision': CustomEvent<TLSCertificate>
  'certificate:renew': CustomEvent<TLSCertificate>
  start: CustomEvent<Libp2p<T>>
  stop: CustomEvent<Libp2p<T>>
}

export type PendingDialStatus = 'queued' | 'active' | 'error' | 'success'

export interface PendingDial {
  id: string
  status: PendingDialStatus
  peerId?: PeerId
  multiaddrs: Multiaddr[]
}

export type Libp2pStatus = 'starting' | 'started' | 'stopping' | 'stopped'

export interface IsDialableOptions extends AbortOptions {
  runOnLimitedConnection?: boolean
}

export interface DialOptions extends AbortOptions, ProgressOptions<ProgressEvent> {
  /** Make a new connection even where one is open. */
  force?: boolean
}

export interface DialProtocolOptions
  extends Omit<DialOptions, 'onProgress'>,
    Omit<NewStreamOptions, 'onProgress'>,
    ProgressOptions<ProgressEvent | NewStreamProgressEvents> {}

/** A node, as applications see it. */
export interface Libp2p<T extends ServiceMap = ServiceMap> extends Startable, TypedEventTarget<Libp2pEvents<T>> {
  peerId: PeerId
  peerStore: PeerStore
  peerRouting: PeerRouting
  contentRouting: ContentRouting
  metrics?: Metrics
  logger: ComponentLogger
  status: Libp2pStatus
  services: T
  getMultiaddrs(): Multiaddr[]
  getProtocols(): string[]
  getConnections(peerId?: PeerId): Connection[]
  getDialQueue(): PendingDial[]
  getPeers(): PeerId[]
  dial(peer: DialTarget, options?: DialOptions): Promise<Connection>
  dialProtocol(peer: DialTarget, protocols: string | string[], options?: DialProtocolOptions): Promise<Stream>
  hangUp(peer: PeerId | Multiaddr, options?: AbortOptions): Promise<void>
  handle(protocol: string | string[], handler: StreamHandler, options?: StreamHandlerOptions): Promise<void>
  unhandle(protocols: string[] | string, options?: AbortOptions): Promise<void>
  register(protocol: string, topology: Topology, options?: AbortOptions): Promise<string>
  unregister(id: string): void
  use(protocol: string, middleware: StreamMiddleware | StreamMiddleware[]): void
  unuse(protocol: string): void
  getPublicKey(peer: Ed25519PeerId, options?: AbortOptions): Promise<Ed25519PublicKey>
  getPublicKey(peer: Secp256k1PeerId, options?: AbortOptions): Promise<Secp256k1PublicKey>
  getPublicKey(peer: RSAPeerId, options?: AbortOptions): Promise<RSAPublicKey>
  getPublicKey(peer: URLPeerId, options?: AbortOptions): Promise<never>
  getPublicKey(peer: PeerId, options?: AbortOptions): Promise<PublicKey>
  isDialable(multiaddr: Multiaddr | Multiaddr[], options?: IsDialableOptions): Promise<boolean>
}
