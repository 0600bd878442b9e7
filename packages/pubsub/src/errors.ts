import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `malformed`: bytes that are no RPC or no message
 * - `too-many`: an RPC with more entries than the limits allow
 * - `too-large`: a message over `maxMessageSize`
 * - `not-allowed`: a topic outside `allowedTopics`, or refused by the subscription filter
 * - `no-peers`: nobody to publish to, with `allowPublishToZeroTopicPeers: false`
 * - `duplicate`: a message with the same id was published or received before
 * - `invalid-message`: a message id function or a data transform failed
 * - `stalled`: a peer took nothing for too long
 */
export type PubsubErrorCode =
  | 'malformed'
  | 'too-many'
  | 'too-large'
  | 'not-allowed'
  | 'no-peers'
  | 'duplicate'
  | 'invalid-message'
  | 'stalled'

export class PubsubError extends Libp2pError<PubsubErrorCode> {
  constructor(code: PubsubErrorCode, message: string, options?: ErrorOptions) {
    super('PubsubError', code, message, options)
  }
}
