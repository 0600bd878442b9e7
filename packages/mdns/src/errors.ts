import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `no-network`: multicast is possible on none of the networks; `cause` says why on the first
 * - `malformed`: not a DNS packet, or one over the limits of `limits.ts`
 * - `too-large`: a record that does not fit into a packet
 * - `full`: as many records, or lookups, as there may be
 */
export type MdnsErrorCode = 'no-network' | 'malformed' | 'too-large' | 'full'

export class MdnsError extends Libp2pError<MdnsErrorCode> {
  constructor(code: MdnsErrorCode, message: string, options?: ErrorOptions) {
    super('MdnsError', code, message, options)
  }
}
