import type { ByteStream } from './byte-stream.ts'

/**
 * The layer below a stream: it moves the stream's bytes and outlives it. One owner may serve many streams.
 *
 * Calls may only take notes and schedule work: they must not call back into the stream before returning.
 */
export interface StreamOwner {
  /** Bytes, or our end, wait in the stream: `pull` them when there is room below. May be called repeatedly. */
  queued(stream: ByteStream): void
  /** The reader took bytes: return that much credit to the remote. */
  consumed?(stream: ByteStream, bytes: number): void
  /** Stop or go on feeding the stream, where that can be done without credit (a socket's pause). */
  reading?(stream: ByteStream, wanted: boolean): void
  /** We will not read any more: tell the remote where the protocol can. What still arrives is dropped. */
  readClosed?(stream: ByteStream): void
  /** We gave the stream up: tell the remote, forget the stream. */
  aborted(stream: ByteStream, err: Error): void
  /** Both directions ended in good order: forget the stream. */
  ended(stream: ByteStream): void
}

/**
 * Takes a stream's bytes by direct calls, ahead of the application: how layers stand on each other, and how a
 * negotiation reads its answers before the stream is handed over. Readers take turns in the order they attached.
 */
export interface StreamReaderPort {
  /**
   * True when `receive` is done with the bytes once it returns. Otherwise it may keep them, and a stream whose layer
   * below reuses its buffers copies first.
   */
  readonly borrows?: boolean
  receive(chunk: Uint8Array): void
  /** The remote ended its sending; everything before it was received. */
  end(): void
  /** The stream is over: `error` is set when not in good order. Nothing is called after. */
  closed(error?: Error): void
}
