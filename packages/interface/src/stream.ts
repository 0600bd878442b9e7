import type { Uint8ArrayList } from 'uint8arraylist'
import type { AbortOptions, TypedEventTarget } from './events.ts'
import type { Logger } from './platform.ts'

/** Which side opened it. */
export type MessageStreamDirection = 'inbound' | 'outbound'

/**
 * - `open`: both ends may send, or one has closed its writing end
 * - `closing`: a connection on which `close()` was called, while queued bytes are still leaving; a stream stays `open`
 * - `closed`: ended in good order by both ends
 * - `aborted`: ended by our `abort()`
 * - `reset`: ended by the remote, or by the layer below
 */
export type MessageStreamStatus = 'open' | 'closing' | 'closed' | 'aborted' | 'reset'
export type MessageStreamReadStatus = 'readable' | 'paused' | 'closing' | 'closed'
export type MessageStreamWriteStatus = 'writable' | 'closing' | 'closed'

/** Milliseconds since the Unix epoch. */
export interface MessageStreamTimeline {
  open: number
  close?: number
}

export interface StreamMessageEvent extends Event {
  data: Uint8Array | Uint8ArrayList
}

/** `error` is set when the end was not in good order; `local` tells whose doing that was. */
export interface StreamCloseEvent extends Event {
  error?: Error
  local?: boolean
}

export interface MessageStreamEvents {
  /** Bytes arrived and were taken. */
  message: StreamMessageEvent
  /** `send()` returned false before and may be called again. */
  drain: Event
  /** Both directions are over. */
  close: StreamCloseEvent
  /** The remote will send no more; its bytes may still wait to be read. */
  remoteCloseWrite: Event
  /** Everything the remote sent was taken. At most once. */
  end: Event
  /** The write queue is empty. */
  idle: Event
}

/**
 * A bidirectional flow of bytes between two ends. Message boundaries carry no meaning.
 *
 * Structurally the `MessageStream` of the js-libp2p ecosystem. What implementations here promise beyond it:
 * credit returns to the remote when bytes are *taken* (by a `message` listener, by iteration or by `source`),
 * never on receipt; `onDrain()` works every time; breaking out of an iteration loses nothing; what arrived before a reset
 * is still read, and if the remote's end was among it the reading ends in good order.
 */
export interface MessageStream<Timeline extends MessageStreamTimeline = MessageStreamTimeline>
  extends TypedEventTarget<MessageStreamEvents>,
    AsyncIterable<Uint8Array | Uint8ArrayList> {
  status: MessageStreamStatus
  timeline: Timeline
  log: Logger
  direction: MessageStreamDirection
  /** Bytes that may wait unread before a stream without flow control of its own is reset. */
  maxReadBufferLength: number
  /** Bytes that may wait unsent before a further `send()` throws and the stream is aborted. */
  maxWriteBufferLength?: number
  /** Milliseconds without a byte either way before the stream is aborted. 0 means never. */
  inactivityTimeout: number
  /** True from a `send()` that returned false until the next `drain`. */
  writableNeedsDrain: boolean
  /** True once `end` has been emitted. */
  readonly readableEnded: boolean
  /** Bytes that wait to be read. */
  readBufferLength: number
  /** Bytes that wait to be sent. */
  writeBufferLength: number

  /**
   * Queues bytes; the caller must not change them afterwards. False means "full: wait for `drain`".
   * Throws when the stream is closed for writing, or when `maxWriteBufferLength` is exceeded.
   */
  send(data: Uint8Array | Uint8ArrayList): boolean
  /** Ends our sending. Resolves when what was queued has been handed to the layer below; reading goes on. */
  close(options?: AbortOptions): Promise<void>
  /** Ends both directions at once, drops what is queued, tells the remote where the protocol can. */
  abort(err: Error): void
  /** Stops taking bytes. What arrives waits, and the remote is held back. */
  pause(): void
  resume(): void
  /** Puts bytes at the end of the read queue, as if they had just arrived. */
  push(buf: Uint8Array | Uint8ArrayList): void
  /** Puts bytes at the front of the read queue: gives back what was read too far. */
  unshift(data: Uint8Array | Uint8ArrayList): void
  /** Resolves when `send()` may be called again; rejects when the stream ends first. */
  onDrain(options?: AbortOptions): Promise<void>
}

/** A multiplexed stream between two peers, usually after a protocol was negotiated for it. */
export interface Stream extends MessageStream {
  /** Unique within its muxer. */
  id: string
  /** Empty until a protocol was negotiated. */
  protocol: string
  readStatus: MessageStreamReadStatus
  writeStatus: MessageStreamWriteStatus
  remoteReadStatus: MessageStreamReadStatus
  remoteWriteStatus: MessageStreamWriteStatus
  /** Tells the remote that nothing more will be read, where the muxer can; drops what arrives after. */
  closeRead(options?: AbortOptions): Promise<void>
}

/** A stream with the faces that `it-pipe` looks for: `pipe(stream, transform, stream)`. */
export interface DuplexStream extends Stream {
  /** The stream's bytes until the remote ends. */
  readonly source: AsyncIterable<Uint8Array>
  /** Sends everything that `source` yields, waits when the stream is full, closes at its end. */
  sink(source: AsyncIterable<Uint8Array | Uint8ArrayList> | Iterable<Uint8Array | Uint8ArrayList>): Promise<void>
}
