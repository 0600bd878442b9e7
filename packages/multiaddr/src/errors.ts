import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `malformed`: not a multiaddr at all: no leading slash, empty bytes, a broken varint, the wrong type
 * - `unknown-protocol`: a name or code that is not in the table
 * - `missing-value`, `invalid-value`: the value of a known protocol
 * - `truncated`: the bytes end inside a component
 * - `too-large`: over a limit of `limits.ts`
 * - `not-contained`: `decapsulate()` of something that is not there
 * - `not-thin-waist`: no host and port at the start
 * - `no-dns`: names cannot be looked up until something is configured
 * - `dns-failed`: a DNS question failed; `cause` says how
 * - `resolve-failed`: no address came of resolving; `cause` says why
 */
export type MultiaddrErrorCode =
  | 'malformed'
  | 'unknown-protocol'
  | 'missing-value'
  | 'invalid-value'
  | 'truncated'
  | 'too-large'
  | 'not-contained'
  | 'not-thin-waist'
  | 'no-dns'
  | 'dns-failed'
  | 'resolve-failed'

export class MultiaddrError extends Libp2pError<MultiaddrErrorCode> {
  constructor(code: MultiaddrErrorCode, message: string, options?: ErrorOptions) {
    super('MultiaddrError', code, message, options)
  }
}
