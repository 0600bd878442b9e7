import type { Clock, CreateStreamOptions, Logger, StreamOptions } from '@ts-libp2p/interface'
import type { ByteStream } from '../byte-stream.ts'
import type { MuxedStream, StreamTable } from './stream-table.ts'

/** What a muxer counts for the metrics. */
export type MuxerCount = 'inbound' | 'outbound' | 'rejected' | 'reset' | 'failed'

/** What a muxer's core asks of its shell. None of it calls back into the core before returning, `opened` aside. */
export interface MuxerPort {
  /** Something waits to be written: call `flush` when the current callback is done. */
  wake(): void
  /** Hands buffers to the connection. False when it is full: `flush` comes again when it has drained. */
  write(buffers: Uint8Array[]): boolean
  /** The remote opened a stream, announced before its first bytes. False when nobody listens and too many wait. */
  opened(stream: ByteStream): boolean
  /** `canOpen` may be true again. */
  openable(): void
  /** The last stream is gone. */
  emptied(): void
  /** The remote answered what `probe` asked. */
  answered(): void
  /** The session is over because the peer broke the protocol or fell silent: hang up. Every stream was ended. */
  failed(err: Error): void
  count(what: MuxerCount): void
}

/** A muxer's protocol: synchronous, without socket, timer or clock. No method throws unless it says so. */
export interface MuxerCore {
  readonly table: StreamTable<MuxedStream>
  /** False when an opener must wait. True where `openStream` would throw. */
  readonly canOpen: boolean
  /** Bytes of the connection. The views may be kept. */
  receive(chunk: Uint8Array, now: number): void
  /** Writes what is queued, until the port says that it is full. */
  flush(now: number): void
  /** Throws when the session does not open streams (any more). */
  openStream(options: CreateStreamOptions): ByteStream
  /** From now on inbound streams are rejected. */
  refuse(): void
  /**
   * Asks the remote for a sign that it has seen all that was written so far: `port.answered` tells. Where the protocol has
   * no such question nothing happens.
   */
  probe(): void
  /** Tells the remote that the session ends in good order, where the protocol can. */
  goAway(): void
  /** Ends the session: tells the remote, where the protocol can, and aborts every stream. */
  abort(err: Error): void
  /** The connection is gone: ends the session and resets every stream. */
  lost(cause?: Error): void
}

/** What streams of a muxer are made with. */
export interface MuxedStreamDefaults extends Omit<StreamOptions, 'maxReadBufferLength'> {
  log?: Logger
  clock?: Clock
}
