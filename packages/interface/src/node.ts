import type { Connection, NewStreamOptions } from './connection.ts'
import type { AbortOptions, Undo } from './events.ts'
import type { PrivateKey } from './keys.ts'
import type { Metrics } from './metrics.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { PeerId } from './peer-id.ts'
import type { PeerInfo, PeerStore, PeerUpdate } from './peer-store.ts'
import type { Clock, ComponentLogger, Random } from './platform.ts'
import type { StreamHandler, StreamHandlerOptions, Topology } from './protocol.ts'
import type { Stream } from './stream.ts'
import type { Listener } from './transport.ts'

/** Whom to talk to: a peer whose addresses are known, one address, or several of one peer. */
export type DialTarget = PeerId | Multiaddr | Multiaddr[]

export interface SignedPeerRecord {
  addresses: Multiaddr[]
  seq: bigint
}

/** What a peer said of itself. */
export interface IdentifyResult {
  peerId: PeerId
  listenAddrs: Multiaddr[]
  protocols: string[]
  protocolVersion?: string
  agentVersion?: string
  /** The protobuf form. */
  publicKey?: Uint8Array
  /** Where the peer sees us. */
  observedAddr?: Multiaddr
  signedPeerRecord?: SignedPeerRecord
  connection: Connection
}

/** Event names of a node, with what each carries. */
export interface NodeEvents {
  'connection:open': Connection
  'connection:close': Connection
  /** Connections closed to stay under the limit. */
  'connection:prune': Connection[]
  /** First connection to a peer. */
  'peer:connect': PeerId
  /** Last connection to a peer is gone. */
  'peer:disconnect': PeerId
  /** Reconnecting to a kept peer was given up. */
  'peer:reconnect-failure': PeerId
  'peer:discovery': PeerInfo
  'peer:identify': IdentifyResult
  /** The peer store learned something new of a peer. */
  'peer:update': PeerUpdate
  /** Our own addresses or protocols changed. */
  'self:peer:update': PeerUpdate
  'transport:listening': Listener
  'transport:close': Listener
  /** A peer reported an address of ours; nobody has confirmed it. */
  'address:observed': { address: Multiaddr; by: PeerId; connection: Connection }
}

/**
 * The node as its services see it: everything that a protocol may use, and nothing else. Services take it as their
 * one argument and keep no other way in.
 */
export interface Node {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly peerStore: PeerStore
  readonly logger: ComponentLogger
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: Metrics

  /** Where we can be reached, `/p2p/<our id>` included. */
  addresses(): Multiaddr[]
  /** Protocols that we answer. */
  protocols(): string[]
  /** Open connections, to all peers or to one. */
  connections(peer?: PeerId): Connection[]

  /** Answers inbound streams of the protocols. Throws when one has a handler, unless `force`. */
  handle(protocols: string | string[], handler: StreamHandler, options?: StreamHandlerOptions): Undo
  /** Connects, or returns the connection that is there. */
  dial(target: DialTarget, options?: AbortOptions & { force?: boolean }): Promise<Connection>
  /** Opens a stream, connecting first where needed. */
  openStream(target: DialTarget, protocols: string | string[], options?: NewStreamOptions): Promise<Stream>
  /** Closes all connections to a peer. */
  hangUp(peer: PeerId, options?: AbortOptions): Promise<void>

  /** Tells who speaks a protocol, from now on and of those connected already. */
  watch(protocol: string, topology: Topology): Undo
  on<K extends keyof NodeEvents>(event: K, listener: (value: NodeEvents[K]) => void): Undo
  /** Reports something to whoever listens. A listener that throws is logged and disturbs nobody. */
  emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]): void
}

/** A service: made once per node, started and stopped with it. */
export type ServiceFactory<Service = unknown> = (node: Node) => Service
