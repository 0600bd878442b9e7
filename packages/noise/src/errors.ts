import { Libp2pError } from '@ts-libp2p/interface'

export type NoiseErrorCode =
  | 'malformed-message'
  | 'decryption-failed'
  | 'invalid-key'
  | 'malformed-payload'
  | 'invalid-signature'
  | 'no-common-muxer'
  | 'nonce-exhausted'
  | 'truncated'
  | 'out-of-turn'

/**
 * The remote broke the protocol, or somebody in between did. `nonce-exhausted` is nobody's fault, and `out-of-turn` that
 * of who drives a `HandshakeState` by hand.
 */
export class NoiseError extends Libp2pError<NoiseErrorCode> {
  constructor(code: NoiseErrorCode, message: string, options?: ErrorOptions) {
    super('NoiseError', code, message, options)
  }
}
