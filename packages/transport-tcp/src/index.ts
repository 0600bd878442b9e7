/**
 * Connections over TCP and unix sockets, for Node.
 *
 * @example
 * import { tcp } from '@ts-libp2p/transport-tcp'
 *
 * const transport = tcp({ maxConnections: 1000 })()
 * const listener = transport.createListener({ upgrader })
 * await listener.listen(multiaddr('/ip4/0.0.0.0/tcp/0'))
 * const connection = await transport.dial(listener.getAddrs()[0], { upgrader, signal: AbortSignal.timeout(5000) })
 *
 * Addresses: https://github.com/libp2p/specs/blob/master/addressing/README.md
 */

export { TcpError, type TcpErrorCode } from './errors.ts'
export {
  DEFAULT_BACKLOG,
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_KEEP_ALIVE_MS,
  DEFAULT_MAX_CONNECTIONS,
  FLUSH_TIMEOUT_MS,
  MAX_LINGER_MS,
  MAX_WRITE_BATCH_BYTES,
  READ_BUFFER_BYTES
} from './limits.ts'
export { type TcpComponents, type TcpOptions, tcp } from './transport.ts'
