import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `wrong-length`: the remote sent more or fewer bytes than were asked for
 * - `stream-failed`: the stream ended within the transfer; `cause` says why
 * - `incomplete`: a client ended its stream before its request was whole
 * - `refused`: a client asked for more than `maxDownloadBytes`, or for more than 2^53 - 1 bytes
 * - `timeout`: a client's transfer took longer than `maxDurationMs`
 */
export type PerfErrorCode = 'wrong-length' | 'stream-failed' | 'incomplete' | 'refused' | 'timeout'

export class PerfError extends Libp2pError<PerfErrorCode> {
  constructor(code: PerfErrorCode, message: string, options?: ErrorOptions) {
    super('PerfError', code, message, options)
  }
}
