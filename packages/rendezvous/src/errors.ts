import { Libp2pError } from '@ts-libp2p/interface'

/**
 * What a point refused a request with: `invalid-namespace`, `invalid-record`, `invalid-ttl`, `invalid-cookie`,
 * `not-authorized`, `internal-error`, `unavailable`, or `refused` with a number of its own. Besides:
 *
 * - `malformed`: an answer, or a request, that is none
 * - `stream-failed`: the exchange broke off; `cause` says why
 */
export type RendezvousErrorCode =
  | 'invalid-namespace'
  | 'invalid-record'
  | 'invalid-ttl'
  | 'invalid-cookie'
  | 'not-authorized'
  | 'internal-error'
  | 'unavailable'
  | 'refused'
  | 'malformed'
  | 'stream-failed'

export class RendezvousError extends Libp2pError<RendezvousErrorCode> {
  constructor(code: RendezvousErrorCode, message: string, options?: ErrorOptions) {
    super('RendezvousError', code, message, options)
  }
}
