import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `refused`: nobody listens there
 * - `timeout`: no answer; also a remote that does not take our last bytes, or not end its side after us
 * - `unreachable`: no route to the host or network
 * - `name-not-found`: the system's resolver knows no such name
 * - `not-found`: no such unix socket, or no such directory for one
 * - `reset`: the remote ended the connection out of order
 * - `closed`: the socket was closed before both sides had ended
 * - `address-in-use`, `address-not-available`, `permission-denied`: listening failed
 * - `too-many-files`: the process is out of file descriptors
 * - `unsupported-address`: not an address of this transport
 * - `unknown-zone`: a link-local address whose zone is no interface of this machine; the message names those there are
 * - `listener-state`: `listen()` twice, or after `close()`
 * - `listener-closed`: the listener was closed while the connection was being upgraded
 * - `failed`: anything else; see `cause`
 */
export type TcpErrorCode =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'name-not-found'
  | 'not-found'
  | 'reset'
  | 'closed'
  | 'address-in-use'
  | 'address-not-available'
  | 'permission-denied'
  | 'too-many-files'
  | 'unsupported-address'
  | 'unknown-zone'
  | 'listener-state'
  | 'listener-closed'
  | 'failed'

export class TcpError extends Libp2pError<TcpErrorCode> {
  constructor(code: TcpErrorCode, message: string, options?: ErrorOptions) {
    super('TcpError', code, message, options)
  }
}

const CODES: Readonly<Record<string, TcpErrorCode>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'not-found',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EINVAL: 'unreachable',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  EAI_NODATA: 'name-not-found',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-not-available',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  EMFILE: 'too-many-files',
  ENFILE: 'too-many-files'
}

/** What the system said, typed: `doing` says what failed and names the address. */
export function tcpError(doing: string, cause: Error & { code?: string }): TcpError {
  const code = CODES[cause.code ?? ''] ?? 'failed'
  return new TcpError(code, `${doing}: ${cause.message || cause.code}`, { cause })
}
