import { Libp2pError } from '@ts-libp2p/interface'

export type MultistreamErrorCode =
  | 'wrong-header'
  | 'malformed-line'
  | 'unexpected-answer'
  | 'too-many-proposals'
  | 'too-many-listings'

/** The remote broke the rules of the negotiation. Being refused is not one: that is an `UnsupportedProtocolError`. */
export class MultistreamError extends Libp2pError<MultistreamErrorCode> {
  constructor(code: MultistreamErrorCode, message: string, options?: ErrorOptions) {
    super('MultistreamError', code, message, options)
  }
}
