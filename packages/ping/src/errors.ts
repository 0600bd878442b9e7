import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `timeout`: no echo in time
 * - `mismatch`: the echo was not what was sent
 * - `stream-failed`: the stream ended before the echo was whole; `cause` says why
 * - `too-many`: more pings than allowed wait on one connection
 * - `incomplete`: a peer ended its stream in the middle of a ping
 */
export type PingErrorCode = 'timeout' | 'mismatch' | 'stream-failed' | 'too-many' | 'incomplete'

export class PingError extends Libp2pError<PingErrorCode> {
  constructor(code: PingErrorCode, message: string, options?: ErrorOptions) {
    super('PingError', code, message, options)
  }
}
