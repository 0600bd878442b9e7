import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `too-large`: more metadata or tags than one peer may have
 * - `busy`: too many updates wait for the address filter
 * - `load-failed`: the datastore could not be read; nothing was lost, the next call tries again
 * - `write-failed`: the datastore did not take all changes; they stay in memory and are tried again
 * - `corrupt-entry`: a stored peer that cannot be read; it was deleted
 * - `unknown-entry`: something stored that a newer version or somebody else wrote; it was left alone
 * - `listener-failed`: `onUpdate` threw
 */
export type PeerStoreErrorCode =
  | 'too-large'
  | 'busy'
  | 'load-failed'
  | 'write-failed'
  | 'corrupt-entry'
  | 'unknown-entry'
  | 'listener-failed'

export class PeerStoreError extends Libp2pError<PeerStoreErrorCode> {
  constructor(code: PeerStoreErrorCode, message: string, options?: ErrorOptions) {
    super('PeerStoreError', code, message, options)
  }
}
