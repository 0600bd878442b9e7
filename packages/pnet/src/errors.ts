import { Libp2pError } from '@ts-libp2p/interface'

export type PnetErrorCode =
  | 'malformed-key-file'
  | 'invalid-key'
  | 'wrong-key'
  | 'truncated'
  | 'keystream-exhausted'
  | 'not-private'

/**
 * `malformed-key-file` and `invalid-key` are about our own key, `wrong-key` and `truncated` about what a remote sent.
 * `keystream-exhausted` ends a connection that carried all that one nonce may; `not-private` a node that had to be
 * private and is not.
 */
export class PnetError extends Libp2pError<PnetErrorCode> {
  constructor(code: PnetErrorCode, message: string, options?: ErrorOptions) {
    super('PnetError', code, message, options)
  }
}
