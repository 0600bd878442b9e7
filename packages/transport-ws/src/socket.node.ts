import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Listener, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import type { ByteConnection } from '@ts-libp2p/stream'
import { type Endpoint, urlOf } from './endpoint.ts'
import { WsError, wsError } from './errors.ts'
import { KEEP_ALIVE_MS, NAME_ATTEMPT_TIMEOUT_MS } from './limits.ts'
import { WsListener } from './listener.node.ts'
import { localEndpoint } from './local-endpoint.node.ts'
import { connectionOver, webSocketOptions } from './node-connection.ts'
import type { ConnectionSettings, ListenerSettings } from './settings.ts'

/** Every kind of address can be dialled. */
export function canDial(_: Endpoint): boolean {
  return true
}

export const canListen = true

/** Connects. Rejects with a `WsError`, or with `signal.reason`, and leaves no socket behind then. */
export async function connect(
  remoteAddr: Multiaddr,
  settings: ConnectionSettings,
  signal: AbortSignal
): Promise<ByteConnection> {
  signal.throwIfAborted()
  const to = localEndpoint(remoteAddr)
  // Loaded when first used: with the HTTP client it costs 24 ms, which a node that only speaks TCP does not owe.
  const { WebSocket } = await import('ws')
  signal.throwIfAborted()
  const ws = new WebSocket(urlOf(to), {
    ...webSocketOptions(settings),
    createConnection: () => openSocket(to, settings)
  })
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined
    const doing = `cannot connect to ${remoteAddr}`
    const abort = (): void => {
      reject(signal.reason)
      ws.terminate()
    }
    const fail = (err: Error): void => {
      signal.removeEventListener('abort', abort)
      reject(err)
    }
    signal.addEventListener('abort', abort, { once: true })
    // Stays when the dial was aborted: `terminate` reports an error.
    const onError = (err: Error): void => fail(wsError(doing, err))
    ws.on('error', onError)
    ws.on('unexpected-response', (_, response) => {
      fail(new WsError('upgrade-refused', `${doing}: the server answered with HTTP status ${response.statusCode}`))
      ws.terminate()
    })
    ws.on('upgrade', response => {
      socket = response.socket
    })
    ws.on('open', () => {
      signal.removeEventListener('abort', abort)
      ws.off('error', onError)
      resolve(connectionOver(ws, socket as Socket, 'outbound', remoteAddr, settings))
    })
  })
}

export function createListener(upgrader: Upgrader, settings: ListenerSettings): Listener {
  return new WsListener(upgrader, settings)
}

/** The connection is made here, not by URL, for what no URL can say: zones, the family of a name, a name to ask for. */
function openSocket({ host, port, family, sni, isSecure }: Endpoint, { websocket }: ConnectionSettings): Socket {
  const options = {
    host,
    port,
    family,
    autoSelectFamilyAttemptTimeout: NAME_ATTEMPT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS
  }
  if (!isSecure) return net.connect(options)
  const servername = sni ?? (net.isIP(host) === 0 ? host : undefined)
  return tls.connect({
    ...options,
    ...(websocket as Pick<tls.ConnectionOptions, 'ca' | 'rejectUnauthorized'>),
    ...(servername === undefined ? {} : { servername }),
    ALPNProtocols: ['http/1.1']
  })
}
