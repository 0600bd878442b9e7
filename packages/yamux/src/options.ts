import type { StreamMuxerOptions, StreamOptions } from '@ts-libp2p/interface'
import { MAX_EARLY_STREAMS, resolveMuxerOptions } from '@ts-libp2p/stream'
import {
  INITIAL_WINDOW_BYTES,
  KEEPALIVE_INTERVAL_MS,
  KEEPALIVE_TIMEOUT_MS,
  MAX_EXTRA_WINDOW_BYTES,
  MAX_FRAME_BODY_BYTES,
  MAX_FRAME_BODY_CEILING_BYTES,
  MAX_INBOUND_STREAMS,
  MAX_OUTBOUND_STREAMS,
  MAX_WINDOW_BYTES
} from './limits.ts'

export interface YamuxOptions extends StreamMuxerOptions {
  /**
   * Bytes of one Data frame that we send, 1 to 1 MiB. Default 64 KiB. Larger frames save little and make other streams
   * wait longer.
   */
  maxMessageSize?: number
  /**
   * Streams a peer may have open. Default 512. Each may hold 256 KiB unread, so the default costs a hostile peer's
   * connection up to 128 MiB.
   */
  maxInboundStreams?: number
  /** Streams that we have open at once. Default 512; rust-libp2p peers end the connection beyond that. */
  maxOutboundStreams?: number
  /** Inbound streams that wait before somebody listens for them; later ones are reset. Default 32. */
  maxEarlyStreams?: number
  /**
   * Bytes to which the receive window of one stream may grow, 256 KiB to 2 GiB. Default 16 MiB. What one slow reader
   * may cost; a sender gets at most this much through per round trip.
   */
  maxStreamWindowLength?: number
  /** Bytes that the windows of one connection may together grow beyond 256 KiB each. Default 64 MiB. */
  maxExtraWindowLength?: number
  /** Milliseconds between pings, which keep the connection alive and measure the round trip. Default 30,000; 0: none. */
  keepAliveInterval?: number
  /** Milliseconds without any byte from a peer that owes a pong until the connection is aborted. Default 10,000. */
  keepAliveTimeout?: number
  /**
   * Defaults for every stream. `maxReadBufferLength` limits the growth of its receive window instead of resetting it;
   * it cannot be below the 256 KiB that the protocol starts with.
   */
  streamOptions?: StreamOptions
}

export type SessionOptions = Required<YamuxOptions>

const DEFAULTS: SessionOptions = {
  maxMessageSize: MAX_FRAME_BODY_BYTES,
  maxInboundStreams: MAX_INBOUND_STREAMS,
  maxOutboundStreams: MAX_OUTBOUND_STREAMS,
  maxEarlyStreams: MAX_EARLY_STREAMS,
  maxStreamWindowLength: MAX_WINDOW_BYTES,
  maxExtraWindowLength: MAX_EXTRA_WINDOW_BYTES,
  keepAliveInterval: KEEPALIVE_INTERVAL_MS,
  keepAliveTimeout: KEEPALIVE_TIMEOUT_MS,
  streamOptions: {}
}

const MAX_COUNT = 1_000_000
const MAX_MS = 2 ** 31 - 1

const RANGES: Readonly<Record<Exclude<keyof SessionOptions, 'streamOptions'>, readonly [number, number]>> = {
  maxMessageSize: [1, MAX_FRAME_BODY_CEILING_BYTES],
  maxInboundStreams: [0, MAX_COUNT],
  maxOutboundStreams: [0, MAX_COUNT],
  maxEarlyStreams: [0, MAX_COUNT],
  maxStreamWindowLength: [INITIAL_WINDOW_BYTES, 2 ** 31],
  maxExtraWindowLength: [0, Number.MAX_SAFE_INTEGER],
  keepAliveInterval: [0, MAX_MS],
  keepAliveTimeout: [1, MAX_MS]
}

/** The options with their defaults. Throws an `InvalidParametersError` that says what to change. */
export function resolveOptions(options: YamuxOptions = {}): SessionOptions {
  return resolveMuxerOptions('yamux', DEFAULTS, RANGES, options)
}
