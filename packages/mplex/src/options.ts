import type { StreamMuxerOptions, StreamOptions } from '@ts-libp2p/interface'
import { MAX_EARLY_STREAMS, resolveMuxerOptions } from '@ts-libp2p/stream'
import {
  MAX_FRAME_BODY_BYTES,
  MAX_INBOUND_STREAMS,
  MAX_OUTBOUND_STREAMS,
  MAX_SENT_BODY_BYTES,
  MAX_SESSION_UNREAD_BYTES
} from './limits.ts'

export interface MplexOptions extends StreamMuxerOptions {
  /** Bytes of one frame that we send, 1 to 1 MiB. Default 64 KiB. Larger ones make other streams wait longer. */
  maxMessageSize?: number
  /** Streams a peer may have open. Default 1,024. */
  maxInboundStreams?: number
  /** Streams that we have open at once. Default 1,024. */
  maxOutboundStreams?: number
  /** Inbound streams that wait before somebody listens for them; later ones are reset. Default 32. */
  maxEarlyStreams?: number
  /**
   * Unread bytes of all streams of a connection together; the stream that goes over it is reset. Default 32 MiB. What
   * a connection may cost.
   */
  maxUnreadBytes?: number
  /** Defaults for every stream. `maxReadBufferLength` is the unread bytes at which it is reset, 4 MiB by default. */
  streamOptions?: StreamOptions
}

export type SessionOptions = Required<MplexOptions>

const DEFAULTS: SessionOptions = {
  maxMessageSize: MAX_SENT_BODY_BYTES,
  maxInboundStreams: MAX_INBOUND_STREAMS,
  maxOutboundStreams: MAX_OUTBOUND_STREAMS,
  maxEarlyStreams: MAX_EARLY_STREAMS,
  maxUnreadBytes: MAX_SESSION_UNREAD_BYTES,
  streamOptions: {}
}

const MAX_COUNT = 1_000_000

const RANGES: Readonly<Record<Exclude<keyof SessionOptions, 'streamOptions'>, readonly [number, number]>> = {
  maxMessageSize: [1, MAX_FRAME_BODY_BYTES],
  maxInboundStreams: [0, MAX_COUNT],
  maxOutboundStreams: [0, MAX_COUNT],
  maxEarlyStreams: [0, MAX_COUNT],
  maxUnreadBytes: [1, Number.MAX_SAFE_INTEGER]
}

/** The options with their defaults. Throws an `InvalidParametersError` that says what to change. */
export function resolveOptions(options: MplexOptions = {}): SessionOptions {
  return resolveMuxerOptions('mplex', DEFAULTS, RANGES, options)
}
