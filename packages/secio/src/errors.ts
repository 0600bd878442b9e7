import { Libp2pError } from '@ts-libp2p/interface'

export type SecioErrorCode =
  | 'malformed-proposal'
  | 'malformed-exchange'
  | 'self-dial'
  | 'no-common-algorithm'
  | 'invalid-signature'
  | 'invalid-key'
  | 'wrong-nonce'
  | 'frame-too-large'
  | 'authentication-failed'
  | 'truncated'

/** The remote broke the protocol, or somebody in between did. `self-dial` is what the name says. */
export class SecioError extends Libp2pError<SecioErrorCode> {
  constructor(code: SecioErrorCode, message: string, options?: ErrorOptions) {
    super('SecioError', code, message, options)
  }
}
