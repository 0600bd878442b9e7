import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `unreachable`: none of the peers known could be connected to; `cause` has the first failure
 * - `no-peers`: there is nobody to connect to: the lists are empty
 * - `full`: the user's list is as long as it may be
 * - `not-stored`: a change holds for this run only: the datastore did not take it
 */
export type BootstrapErrorCode = 'unreachable' | 'no-peers' | 'full' | 'not-stored'

export class BootstrapError extends Libp2pError<BootstrapErrorCode> {
  constructor(code: BootstrapErrorCode, message: string, options?: ErrorOptions) {
    super('BootstrapError', code, message, options)
  }
}
