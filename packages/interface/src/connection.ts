import type { AbortOptions, ProgressEvent, ProgressOptions, TypedEventTarget } from './events.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { PeerId } from './peer-id.ts'
import type { Logger } from './platform.ts'
import type {
  MessageStream,
  MessageStreamDirection,
  MessageStreamEvents,
  MessageStreamStatus,
  MessageStreamTimeline,
  Stream
} from './stream.ts'

export interface MultiaddrConnectionTimeline extends MessageStreamTimeline {
  /** When security and muxer had been negotiated. */
  upgraded?: number
}

/** A raw connection, as a transport makes it: no security, no muxer yet. */
export interface MultiaddrConnection extends MessageStream<MultiaddrConnectionTimeline> {
  remoteAddr: Multiaddr
  timeline: MultiaddrConnectionTimeline
}

/** What a relay allows over one of its connections. */
export interface ConnectionLimits {
  /** Bytes, both directions together. */
  bytes?: bigint
  /** Seconds from the opening. */
  seconds?: number
}

export type ConnectionStatus = MessageStreamStatus

export interface OpenStreamEvent {
  connection: Connection
  protocols: string[]
}

export interface OpenedStreamEvent {
  connection: Connection
  stream: Stream
}

export type NewStreamProgressEvents =
  | ProgressEvent<'connection:open-stream', OpenStreamEvent>
  | ProgressEvent<'connection:opened-stream', OpenedStreamEvent>

export interface NewStreamOptions extends AbortOptions, ProgressOptions<NewStreamProgressEvents> {
  /** Streams of this protocol that we may have open on the connection. Default 256. */
  maxOutboundStreams?: number
  /** Open it even over a relay's limited connection. Default false. */
  runOnLimitedConnection?: boolean
  /**
   * Wait for the remote's answer before the stream is handed over. Default: a stream for a protocol that the peer is
   * known to speak, or for the only one offered to a peer not identified yet, comes at once, and a refusal shows as an
   * error on first use; otherwise it waits.
   */
  negotiateFully?: boolean
}

/** An authenticated, multiplexed connection to a peer. */
export interface Connection extends TypedEventTarget<Omit<MessageStreamEvents, 'drain' | 'message' | 'end'>> {
  id: string
  remoteAddr: Multiaddr
  remotePeer: PeerId
  streams: Stream[]
  direction: MessageStreamDirection
  timeline: MultiaddrConnectionTimeline
  /** Protocol of the muxer, e.g. `/yamux/1.0.0`. */
  multiplexer?: string
  /** Protocol of the security channel, e.g. `/noise`. */
  encryption?: string
  status: ConnectionStatus
  /** False when it runs through a relay. */
  direct: boolean
  /** Present when a relay restricts it. */
  limits?: ConnectionLimits
  /** The latest round-trip time, milliseconds, when known. */
  rtt?: number
  log: Logger
  newStream(protocols: string | string[], options?: NewStreamOptions): Promise<Stream>
  close(options?: AbortOptions): Promise<void>
  abort(err: Error): void
}

export const connectionSymbol: unique symbol = Symbol.for('@libp2p/connection') as never

export function isConnection(other: unknown): other is Connection {
  return Boolean((other as { [connectionSymbol]?: boolean } | null)?.[connectionSymbol])
}
