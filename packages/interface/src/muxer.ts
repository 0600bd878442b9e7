import type { AbortOptions, TypedEventTarget } from './events.ts'
import type { MessageStream, Stream } from './stream.ts'

export interface StreamOptions {
  /** See `MessageStream.inactivityTimeout`. */
  inactivityTimeout?: number
  /** Bytes. See `MessageStream.maxReadBufferLength`. */
  maxReadBufferLength?: number
  /** Bytes. See `MessageStream.maxWriteBufferLength`. */
  maxWriteBufferLength?: number
}

export interface StreamMuxerOptions<Muxed extends StreamOptions = StreamOptions> {
  streamOptions?: Muxed
  /** Inbound streams that may wait before somebody listens for them. */
  maxEarlyStreams?: number
  /** Largest frame body sent, bytes. */
  maxMessageSize?: number
  maxInboundStreams?: number
  maxOutboundStreams?: number
}

export interface CreateStreamOptions extends AbortOptions, StreamOptions {
  /**
   * Agrees on this protocol along with the opening, where the muxer can (WebRTC's data channels): `stream.protocol` says
   * then that it did. Others leave it empty, and the caller has to negotiate.
   */
  protocol?: string
}

export interface StreamMuxerEvents<Muxed extends Stream = Stream> {
  /** The remote opened a stream. */
  stream: CustomEvent<Muxed>
}

export type StreamMuxerStatus = 'open' | 'closing' | 'closed'

/** Carries many streams over one connection. */
export interface StreamMuxer<Muxed extends Stream = Stream> extends TypedEventTarget<StreamMuxerEvents<Muxed>> {
  protocol: string
  streams: Muxed[]
  status: StreamMuxerStatus
  createStream(options?: CreateStreamOptions): Promise<Muxed>
  /** Ends every stream and the connection below, at once. */
  abort(err: Error): void
  /** Ends our sending on every stream, then closes the connection below. Streams that the remote keeps open are reset. */
  close(options?: AbortOptions): Promise<void>
}

export interface StreamMuxerFactory<Muxer extends StreamMuxer = StreamMuxer> {
  protocol: string
  createStreamMuxer(connection: MessageStream): Muxer
}
