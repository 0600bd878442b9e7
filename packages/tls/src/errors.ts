import { Libp2pError } from '@ts-libp2p/interface'

export type TlsErrorCode =
  | 'no-certificate'
  | 'too-many-certificates'
  | 'malformed-certificate'
  | 'not-yet-valid'
  | 'expired'
  | 'invalid-self-signature'
  | 'unknown-critical-extension'
  | 'no-identity'
  | 'malformed-identity'
  | 'invalid-signature'
  | 'no-common-muxer'
  | 'handshake-failed'
  | 'tls-failed'
  | 'truncated'

/**
 * The remote broke the protocol, or somebody in between did. `handshake-failed` and `tls-failed` keep OpenSSL's reason as
 * their `cause`; `truncated` is a connection that ended without TLS saying so.
 */
export class TlsError extends Libp2pError<TlsErrorCode> {
  constructor(code: TlsErrorCode, message: string, options?: ErrorOptions) {
    super('TlsError', code, message, options)
  }
}

/** What Node's TLS reports, as ours: OpenSSL's reason in the message. What comes from below it stays as it is. */
export function fromOpenSsl(err: Error & { code?: string; reason?: string }, isHandshake: boolean): Error {
  const { code = '', reason = err.message } = err
  if (!code.startsWith('E')) return err
  if (code.endsWith('NO_APPLICATION_PROTOCOL')) {
    return new TlsError('no-common-muxer', 'the two sides have no muxer in common, nor `libp2p`', { cause: err })
  }
  return isHandshake
    ? new TlsError('handshake-failed', `the TLS handshake failed: ${reason}`, { cause: err })
    : new TlsError('tls-failed', `TLS failed: ${reason}`, { cause: err })
}
