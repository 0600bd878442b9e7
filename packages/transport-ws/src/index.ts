/**
 * Connections over WebSockets, secure or not. Node dials and listens, browsers dial.
 *
 * @example
 * import { webSockets } from '@ts-libp2p/transport-ws'
 *
 * const transport = webSockets({ tls: { key, cert } })()
 * const listener = transport.createListener({ upgrader })
 * await listener.listen(multiaddr('/ip4/0.0.0.0/tcp/0/tls/ws'))
 * const connection = await transport.dial(multiaddr('/dns4/example.com/tcp/443/tls/ws'), { upgrader, signal })
 *
 * https://github.com/libp2p/specs/blob/master/websockets/README.md
 */

export { WsError, type WsErrorCode } from './errors.ts'
export {
  BROWSER_POLL_MS,
  DEFAULT_BACKLOG,
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_MAX_PAYLOAD_BYTES,
  FLUSH_TIMEOUT_MS,
  HANDSHAKE_CHECK_MS,
  HANDSHAKE_TIMEOUT_MS,
  MAX_BROWSER_BUFFERED_BYTES,
  MAX_LINGER_MS,
  MAX_WRITE_BATCH_BYTES
} from './limits.ts'
export type { ServerCertificate, ServerTrust } from './settings.ts'
export { type WebSocketsComponents, type WebSocketsOptions, webSockets } from './transport.ts'
