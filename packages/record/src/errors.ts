import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `malformed`: not an envelope or not a record: broken protobuf or CBOR, a missing field, an unusable key or peer id
 * - `too-large`: over a limit of `limits.ts`
 * - `bad-signature`: the key did not sign this payload in this domain
 * - `wrong-payload-type`: a valid envelope that holds something else
 * - `wrong-signer`: a peer record signed by somebody else than the peer it is about
 * - `unexpected-peer`: a valid peer record, of another peer than was asked for
 * - `unknown-namespace`: nothing validates records under this key
 * - `wrong-key`: a record that does not belong under this key
 * - `expired`, `not-yet-valid`: a record outside of the time it is good for
 */
export type RecordErrorCode =
  | 'malformed'
  | 'too-large'
  | 'bad-signature'
  | 'wrong-payload-type'
  | 'wrong-signer'
  | 'unexpected-peer'
  | 'unknown-namespace'
  | 'wrong-key'
  | 'expired'
  | 'not-yet-valid'

export class RecordError extends Libp2pError<RecordErrorCode> {
  constructor(code: RecordErrorCode, message: string, options?: ErrorOptions) {
    super('RecordError', code, message, options)
  }
}
