import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `malformed`: a message that cannot be read, or not what the protocol allows
 * - `too-large`: a message over the limit
 * - `timeout`: a peer did not answer in time
 * - `no-answer`: the stream to a peer ended before its answer; `cause` says why
 * - `unreachable`: a peer could not be dialled; `cause` says why
 * - `too-many`: too many requests to one peer wait already
 * - `no-peers`: the routing table is empty, so there is nobody to ask
 * - `not-found`: the lookup ended without it
 * - `not-stored`: no peer took a record
 * - `quorum`: fewer peers than asked for had the value
 * - `invalid-record`: a value that its validator refuses; `cause` says why
 * - `outdated`: a better value is known under the key
 * - `not-ours`: a peer announced somebody else as a provider
 * - `storage`: the datastore failed; `cause` says why
 */
export type KadErrorCode =
  | 'malformed'
  | 'too-large'
  | 'timeout'
  | 'no-answer'
  | 'unreachable'
  | 'too-many'
  | 'no-peers'
  | 'not-found'
  | 'not-stored'
  | 'quorum'
  | 'invalid-record'
  | 'outdated'
  | 'not-ours'
  | 'storage'

export class KadError extends Libp2pError<KadErrorCode> {
  constructor(code: KadErrorCode, message: string, options?: ErrorOptions) {
    super('KadError', code, message, options)
  }
}
