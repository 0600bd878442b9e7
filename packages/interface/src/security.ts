import type { AbortOptions } from './events.ts'
import type { StreamMuxerFactory } from './muxer.ts'
import type { PeerId } from './peer-id.ts'
import type { MessageStream } from './stream.ts'

export interface SecureConnectionOptions extends AbortOptions {
  /** Who must be at the far side; anyone else is refused before a byte is handed over. */
  remotePeer?: PeerId
  /** Do not choose a muxer inside the handshake. */
  skipStreamMuxerNegotiation?: boolean
}

export interface SecuredConnection<Extension = unknown> {
  connection: MessageStream
  remoteExtensions?: Extension
  /** Proven by the handshake. */
  remotePeer: PeerId
  /** Set when the handshake also chose the muxer. */
  streamMuxer?: StreamMuxerFactory
}

/** Authenticates the far side and encrypts a connection. */
export interface ConnectionEncrypter<Extension = unknown> {
  protocol: string
  secureOutbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection<Extension>>
  secureInbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection<Extension>>
}

/** Wraps a raw connection before anything else is sent, e.g. with a pre-shared key. */
export interface ConnectionProtector {
  protect(connection: MessageStream, options?: AbortOptions): Promise<MessageStream>
}
