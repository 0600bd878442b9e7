import type { Multiaddr } from '@ts-libp2p/interface'
import {
  CODE_DNS,
  CODE_DNS4,
  CODE_DNS6,
  CODE_HTTP_PATH,
  CODE_IP4,
  CODE_IP6,
  CODE_IP6ZONE,
  CODE_SNI,
  CODE_TCP,
  CODE_TLS,
  CODE_WS,
  CODE_WSS,
  WebSockets,
  WebSocketsSecure
} from '@ts-libp2p/multiaddr'
import { WsError } from './errors.ts'

/** Where a WebSocket connects or listens. */
export interface Endpoint {
  readonly isSecure: boolean
  /** An IP address, with its zone behind a `%`, or a name. */
  readonly host: string
  readonly family: 0 | 4 | 6
  /** Default 80, or 443 when secure. */
  readonly port: number
  /** The name to ask for in TLS and HTTP, where it differs from `host`. */
  readonly sni: string | undefined
  /** As in a URL, from its slash. Undefined when the address names none. */
  readonly path: string | undefined
}

const FAMILIES: ReadonlyMap<number, 0 | 4 | 6> = new Map([
  [CODE_IP4, 4],
  [CODE_IP6, 6],
  [CODE_DNS, 0],
  [CODE_DNS4, 4],
  [CODE_DNS6, 6]
])

/** UDP and QUIC could be named there as well. */
const AFTER_HOST: ReadonlySet<number> = new Set([CODE_TCP, CODE_TLS, CODE_WS, CODE_WSS])

/** `/ws`, `/wss`, `/tls/ws` or `/tls/sni/…/ws` over a host with or without a TCP port. `/dnsaddr` must be resolved first. */
export function isWebSocketAddress(ma: Multiaddr): boolean {
  return endpointOf(ma) !== undefined
}

/** Throws a `WsError` (`unsupported-address`) for what `isWebSocketAddress` refuses. */
export function endpoint(ma: Multiaddr): Endpoint {
  const found = endpointOf(ma)
  if (found === undefined) throw new WsError('unsupported-address', `${ma} is no WebSocket address`)
  return found
}

/** As browsers take it: the name to ask for stands for the host. */
export function urlOf({ isSecure, host, port, sni, path = '/' }: Endpoint): string {
  const name = sni ?? host
  const isDefault = port === (isSecure ? 443 : 80)
  const literal = name.includes(':') ? `[${name.split('%')[0]}]` : name
  return `${isSecure ? 'wss' : 'ws'}://${literal}${isDefault ? '' : `:${port}`}${path}`
}

/** What follows host and port in the addresses that a listener announces: secure ones say `/tls/ws`, never `/wss`. */
export function announcedSuffix({ isSecure, sni, path }: Endpoint): string {
  const tls = isSecure ? `/tls${sni === undefined ? '' : `/sni/${sni}`}` : ''
  const httpPath = path === undefined ? '' : `/http-path/${encodeURIComponent(decodeURIComponent(path.slice(1)))}`
  return `${tls}/ws${httpPath}`
}

function endpointOf(ma: Multiaddr): Endpoint | undefined {
  const isSecure = WebSocketsSecure.exactMatch(ma)
  if (!isSecure && !WebSockets.exactMatch(ma)) return undefined
  const components = ma.getComponents()
  const value = (code: number): string | undefined => components.find(c => c.code === code)?.value
  const zone = value(CODE_IP6ZONE)
  const [host, next] = zone === undefined ? components : components.slice(1)
  const family = FAMILIES.get(host?.code ?? -1)
  if (family === undefined || !AFTER_HOST.has(next?.code ?? -1)) return undefined
  const path = value(CODE_HTTP_PATH)
  return {
    isSecure,
    host: zone === undefined ? `${host?.value}` : `${host?.value}%${zone}`,
    family,
    port: Number(value(CODE_TCP) ?? (isSecure ? 443 : 80)),
    sni: value(CODE_SNI),
    path: path === undefined ? undefined : urlPath(path)
  }
}

/** The value of `/http-path` is the path decoded, with or without its first slash. */
function urlPath(path: string): string {
  return `/${path.replace(/^\//, '').split('/').map(encodeURIComponent).join('/')}`
}
