import type { Listener, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { ByteConnection } from '@ts-libp2p/stream'
import { BrowserPort } from './browser-port.ts'
import { type Endpoint, endpoint, urlOf } from './endpoint.ts'
import { WsError } from './errors.ts'
import { WebSocketOwner } from './owner.ts'
import type { ConnectionSettings, ListenerSettings } from './settings.ts'

/** A page that came over HTTPS may open secure WebSockets only, but for those to its own machine. */
export function canDial({ isSecure, host }: Endpoint): boolean {
  const { location } = globalThis as { location?: { protocol: string } }
  return isSecure || location?.protocol !== 'https:' || isThisMachine(host)
}

export const canListen = false

/** Connects. Rejects with a `WsError`, or with `signal.reason`. */
export async function connect(
  remoteAddr: Multiaddr,
  settings: ConnectionSettings,
  signal: AbortSignal
): Promise<ByteConnection> {
  signal.throwIfAborted()
  const ws = new WebSocket(urlOf(endpoint(remoteAddr)))
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason)
      ws.close()
    }
    // Browsers hide why, so that pages cannot explore networks.
    const fail = (): void => {
      signal.removeEventListener('abort', abort)
      reject(new WsError('connect-failed', `cannot connect to ${remoteAddr}: the browser does not tell why`))
    }
    signal.addEventListener('abort', abort, { once: true })
    ws.addEventListener('error', fail)
    ws.addEventListener('open', () => {
      signal.removeEventListener('abort', abort)
      if (!signal.aborted) resolve(connectionOver(ws, remoteAddr, settings))
    })
  })
}

export function createListener(_: Upgrader, _settings: ListenerSettings): Listener {
  throw new WsError('cannot-listen', 'browsers cannot listen for WebSockets')
}

function connectionOver(ws: WebSocket, remoteAddr: Multiaddr, settings: ConnectionSettings): ByteConnection {
  const { clock, log } = settings
  const owner = new WebSocketOwner({ ...settings, remoteAddr })
  const conn = new ByteConnection({ owner, direction: 'outbound', remoteAddr, clock, log })
  owner.join(conn, new BrowserPort(ws, owner, clock))
  return conn
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host.startsWith('127.')
}
