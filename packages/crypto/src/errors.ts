import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `invalid-key`: bytes that are no key, or parts of a key that contradict each other
 * - `unsupported-key`: a well-formed key of a type, size or curve that is not accepted here
 * - `invalid-parameters`: the caller's mistake, such as a 31-byte AEAD key
 * - `decrypt-failed`: a ciphertext that was changed, cut, or sealed under another key, counter or associated data
 * - `nonce-exhausted`: the AEAD key has sealed as many messages as it may
 * - `bad-shared-secret`: the remote's X25519 key has small order, so the secret would be all zero
 * - `unavailable`: the platform lacks what is needed, such as `crypto.subtle` outside a secure context
 */
export type CryptoErrorCode =
  | 'invalid-key'
  | 'unsupported-key'
  | 'invalid-parameters'
  | 'decrypt-failed'
  | 'nonce-exhausted'
  | 'bad-shared-secret'
  | 'unavailable'

export class CryptoError extends Libp2pError<CryptoErrorCode> {
  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super('CryptoError', code, message, options)
  }
}
