import { Libp2pError, StreamResetError } from '@ts-libp2p/interface'
import type { MuxerSessionErrorCode } from '@ts-libp2p/stream'

export type YamuxErrorCode =
  | MuxerSessionErrorCode
  /** The peer speaks another version of the frame format. */
  | 'bad-version'
  | 'bad-type'
  | 'bad-flags'
  /** A stream frame on id 0, or a stream opened with an id of the wrong side. */
  | 'bad-stream-id'
  | 'duplicate-stream'
  /** More data than we gave credit for. */
  | 'window-exceeded'
  | 'unexpected-pong'
  | 'keepalive-timeout'
  /** We may not open more streams now: too many wait for the peer's acknowledgement. */
  | 'ack-backlog'
  /** Every id of our side was used: make a new connection. */
  | 'ids-exhausted'
  /** The remote ended the session and said why. */
  | 'remote-go-away'

/** A peer broke the protocol, or a limit was reached. */
export class YamuxError extends Libp2pError<YamuxErrorCode> {
  constructor(code: YamuxErrorCode, message: string, options?: ErrorOptions) {
    super('YamuxError', code, message, options)
  }
}

/** The remote reset the stream; `remoteCode` is the error code it gave, 0 when none. */
export class YamuxResetError extends StreamResetError {
  readonly remoteCode: number

  constructor(remoteCode: number) {
    super(remoteCode === 0 ? undefined : `the stream was reset by the remote with code ${remoteCode}`)
    this.remoteCode = remoteCode
  }
}

/** The code that an error asks to be sent in a reset: its numeric `resetCode`, else 0. go-yamux reads it. */
export function resetCodeOf(err: Error): number {
  const { resetCode } = err as { resetCode?: unknown }
  return typeof resetCode === 'number' && Number.isInteger(resetCode) && resetCode >= 0 && resetCode <= 0xffffffff
    ? resetCode
    : 0
}
