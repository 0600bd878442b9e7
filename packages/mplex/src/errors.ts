import { Libp2pError } from '@ts-libp2p/interface'
import type { MuxerSessionErrorCode } from '@ts-libp2p/stream'

export type MplexErrorCode =
  | MuxerSessionErrorCode
  /** A header or length that is no varint. */
  | 'bad-varint'
  | 'bad-flag'
  | 'duplicate-stream'
  /** A frame larger than the spec's 1 MiB. */
  | 'frame-too-large'
  /** Together the streams of a connection hold more unread bytes than allowed; the stream that grew was reset. */
  | 'too-much-unread'

/** A peer broke the protocol, or a limit was reached. */
export class MplexError extends Libp2pError<MplexErrorCode> {
  constructor(code: MplexErrorCode, message: string, options?: ErrorOptions) {
    super('MplexError', code, message, options)
  }
}
