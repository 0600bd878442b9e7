import type { Connection } from './connection.ts'
import type { AbortOptions } from './events.ts'
import type { PeerId } from './peer-id.ts'
import type { Stream } from './stream.ts'

/** Answers one inbound stream. A throw or rejection aborts the stream, nothing else. */
export type StreamHandler = (stream: Stream, connection: Connection) => void | Promise<void>

/** Sees a stream before the handler (inbound) or the opener (outbound); calls `next` to let it pass. */
export type StreamMiddleware = (
  stream: Stream,
  connection: Connection,
  next: (stream: Stream, connection: Connection) => void
) => void | Promise<void>

export interface StreamHandlerOptions extends AbortOptions {
  /** Streams of this protocol that one connection may have open inbound. Default 256. */
  maxInboundStreams?: number
  /** The same outbound. Default 256. */
  maxOutboundStreams?: number
  /** Answer over a relay's limited connections too. Default false. */
  runOnLimitedConnection?: boolean
  /** Replace a handler that is already there instead of throwing. */
  force?: true
  middleware?: StreamMiddleware[]
}

export interface TopologyFilter {
  has(peerId: PeerId): boolean
  add(peerId: PeerId): void
  remove(peerId: PeerId): void
}

/** Told when a peer that speaks a protocol comes or goes. */
export interface Topology {
  filter?: TopologyFilter
  notifyOnLimitedConnection?: boolean
  onConnect?(peerId: PeerId, conn: Connection): void | Promise<void>
  onDisconnect?(peerId: PeerId): void | Promise<void>
}
