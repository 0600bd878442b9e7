import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `timeout`: the exchange took too long
 * - `too-large`: a message, or all of them, over the limits
 * - `malformed`: not an identify message, or a public key that cannot be read
 * - `empty`: the stream ended before the first message
 * - `key-mismatch`: the public key in the answer is not that of the peer at the other end
 * - `stream-failed`: the stream ended in the middle; `cause` says why
 * - `rate-limited`: a peer pushed too often
 * - `too-many`: too many exchanges wait already
 */
export type IdentifyErrorCode =
  | 'timeout'
  | 'too-large'
  | 'malformed'
  | 'empty'
  | 'key-mismatch'
  | 'stream-failed'
  | 'rate-limited'
  | 'too-many'

export class IdentifyError extends Libp2pError<IdentifyErrorCode> {
  constructor(code: IdentifyErrorCode, message: string, options?: ErrorOptions) {
    super('IdentifyError', code, message, options)
  }
}
