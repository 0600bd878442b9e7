import type { Connection, ConnectionLimits, MultiaddrConnection } from './connection.ts'
import type { AbortOptions, ProgressEvent, ProgressOptions, TypedEventTarget } from './events.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { StreamMuxerFactory } from './muxer.ts'
import type { PeerId } from './peer-id.ts'
import type { ConnectionEncrypter } from './security.ts'

export interface ListenerEvents {
  listening: CustomEvent
  error: CustomEvent<Error>
  close: CustomEvent
}

/** Accepts connections on one address. */
export interface Listener extends TypedEventTarget<ListenerEvents> {
  listen(multiaddr: Multiaddr): Promise<void>
  /** Where it can be reached; wildcard addresses expanded to those of the interfaces. */
  getAddrs(): Multiaddr[]
  close(): Promise<void>
  updateAnnounceAddrs(addrs: Multiaddr[]): void
}

export type MultiaddrFilter = (multiaddrs: Multiaddr[]) => Multiaddr[]

/** An `AbortSignal` with a timer behind it: `clear()` stops the timer. */
export interface ClearableSignal extends AbortSignal {
  clear(): void
}

export interface CreateListenerOptions {
  upgrader: Upgrader
}

export interface DialTransportOptions<Events extends ProgressEvent = ProgressEvent>
  extends Required<AbortOptions>,
    ProgressOptions<Events> {
  upgrader: Upgrader
}

/** Brands transports across packages and versions: every transport has it at run time. */
export const transportSymbol: unique symbol = Symbol.for('@libp2p/transport') as never

/** Makes raw connections over one kind of network and hands them to the upgrader. */
export interface Transport<Events extends ProgressEvent = ProgressEvent> {
  [Symbol.toStringTag]: string
  /** Optional in the type only: the ecosystem's transports have it under a symbol that TypeScript takes for another. */
  [transportSymbol]?: true
  dial(ma: Multiaddr, options: DialTransportOptions<Events>): Promise<Connection>
  createListener(options: CreateListenerOptions): Listener
  /** Those of the addresses that it can listen on. */
  listenFilter: MultiaddrFilter
  /** Those of the addresses that it can dial. */
  dialFilter: MultiaddrFilter
}

export function isTransport(other: unknown): other is Transport {
  return Boolean((other as { [transportSymbol]?: boolean } | null)?.[transportSymbol])
}

export interface UpgraderOptions<Events extends ProgressEvent = ProgressEvent>
  extends ProgressOptions<Events>,
    Required<AbortOptions> {
  skipProtection?: boolean
  /** The transport brings its own streams. */
  muxerFactory?: StreamMuxerFactory
  limits?: ConnectionLimits
  /** Overrides who plays the client in negotiation, for simultaneous connects. */
  initiator?: boolean
}

export interface UpgraderWithoutEncryptionOptions extends UpgraderOptions {
  /** The transport brings its own encryption. */
  skipEncryption: true
  /** Whom that encryption proved to be at the far side. */
  remotePeer: PeerId
}

/** Turns raw connections into authenticated, multiplexed ones. */
export interface Upgrader {
  upgradeOutbound(conn: MultiaddrConnection, options: UpgraderOptions): Promise<Connection>
  upgradeOutbound(conn: MultiaddrConnection, options: UpgraderWithoutEncryptionOptions): Promise<Connection>
  upgradeInbound(conn: MultiaddrConnection, options: UpgraderOptions): Promise<void>
  upgradeInbound(conn: MultiaddrConnection, options: UpgraderWithoutEncryptionOptions): Promise<void>
  /** Aborts with the given signal or after the inbound upgrade timeout. */
  createInboundAbortSignal(signal: AbortSignal): ClearableSignal
  getStreamMuxers(): Map<string, StreamMuxerFactory>
  getConnectionEncrypters(): Map<string, ConnectionEncrypter>
}
