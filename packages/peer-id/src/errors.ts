import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `invalid-text`: neither base58btc of a peer id's multihash nor a CIDv1 of one
 * - `invalid-multihash`: bytes that are no multihash, or one that no key has
 * - `invalid-cid`: a CID of something else
 * - `invalid-key`: a peer id that holds a public key which is none
 */
export type PeerIdErrorCode = 'invalid-text' | 'invalid-multihash' | 'invalid-cid' | 'invalid-key'

export class PeerIdError extends Libp2pError<PeerIdErrorCode> {
  constructor(code: PeerIdErrorCode, message: string, options?: ErrorOptions) {
    super('PeerIdError', code, message, options)
  }
}
