import { Libp2pError } from '@ts-libp2p/interface'

/**
 * - `refused`: nobody listens there
 * - `upgrade-refused`: the server answered, but not as a WebSocket
 * - `certificate`: the server's TLS certificate is not trusted or not for that name
 * - `timeout`: no answer; also a remote that does not take our last bytes, or not answer our close
 * - `unreachable`: no route to the host or network
 * - `name-not-found`: the resolver knows no such name
 * - `connect-failed`: a browser could not connect; it does not tell why
 * - `text-frame`, `message-too-large`, `protocol-error`: the remote sent what it must not
 * - `reset`: the connection ended without a close, or with an error code
 * - `address-in-use`, `address-not-available`, `permission-denied`: listening failed
 * - `no-certificate`: listening on a secure address needs the `tls` option
 * - `cannot-listen`: browsers cannot
 * - `too-many-files`: the process is out of file descriptors
 * - `unsupported-address`: not an address of this transport
 * - `unknown-zone`: a link-local address whose zone is no interface of this machine; the message names those there are
 * - `listener-state`: `listen()` twice, or after `close()`
 * - `listener-closed`: the listener was closed while the connection was being upgraded
 * - `failed`: anything else; see `cause`
 */
export type WsErrorCode =
  | 'refused'
  | 'upgrade-refused'
  | 'certificate'
  | 'timeout'
  | 'unreachable'
  | 'name-not-found'
  | 'connect-failed'
  | 'text-frame'
  | 'message-too-large'
  | 'protocol-error'
  | 'reset'
  | 'address-in-use'
  | 'address-not-available'
  | 'permission-denied'
  | 'no-certificate'
  | 'cannot-listen'
  | 'too-many-files'
  | 'unsupported-address'
  | 'unknown-zone'
  | 'listener-state'
  | 'listener-closed'
  | 'failed'

export class WsError extends Libp2pError<WsErrorCode> {
  constructor(code: WsErrorCode, message: string, options?: ErrorOptions) {
    super('WsError', code, message, options)
  }
}

const CODES: Readonly<Record<string, WsErrorCode>> = {
  ECONNREFUSED: 'refused',
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
  ENFILE: 'too-many-files',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'message-too-large'
}

/** What the system or the WebSocket library said, typed: `doing` says what failed and names the address. */
export function wsError(doing: string, cause: Error & { code?: string }): WsError {
  return new WsError(codeOf(cause.code ?? ''), `${doing}: ${cause.message || cause.code}`, { cause })
}

function codeOf(code: string): WsErrorCode {
  if (code.startsWith('ERR_TLS_CERT') || code.includes('CERT') || code.startsWith('UNABLE_TO_')) return 'certificate'
  return CODES[code] ?? (code.startsWith('WS_ERR_') || code.startsWith('HPE_') ? 'protocol-error' : 'failed')
}
