import {
  type Clock,
  type ComponentLogger,
  type Connection,
  type CounterGroup,
  type CreateListenerOptions,
  type DialTransportOptions,
  InvalidParametersError,
  type Listener,
  type Metrics,
  type Multiaddr,
  type Transport,
  transportSymbol
} from '@ts-libp2p/interface'
import { type ByteConnection, noLog, optional, systemClock, upgradeOutbound } from '@ts-libp2p/stream'
import { canDial, canListen, connect, createListener } from '#socket'
import { endpoint, isWebSocketAddress } from './endpoint.ts'
import {
  DEFAULT_BACKLOG,
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_MAX_PAYLOAD_BYTES
} from './limits.ts'
import type { ListenerSettings, ServerCertificate, ServerTrust } from './settings.ts'

export interface WebSocketsOptions {
  /** Key and certificate for listening on secure addresses. Default none: those cannot be listened on then. */
  readonly tls?: ServerCertificate
  /** Whom to trust when dialling secure addresses. Default: the well-known authorities. Browsers ignore it. */
  readonly websocket?: ServerTrust
  /** Bytes of one message received; more ends the connection. Default 1 MiB, kept per connection until it is whole. */
  readonly maxPayload?: number
  /** Inbound connections per listener; more are closed at once. Default 4096. Each costs a file descriptor. */
  readonly maxConnections?: number
  /** Connections that wait to be accepted. Default 511. */
  readonly backlog?: number
  /** Milliseconds that the remote has to answer our close. Default 500. */
  readonly closeTimeoutMs?: number
}

export interface WebSocketsComponents {
  logger?: ComponentLogger
  clock?: Clock
  metrics?: Metrics
}

const DEFAULTS = {
  maxPayload: DEFAULT_MAX_PAYLOAD_BYTES,
  maxConnections: DEFAULT_MAX_CONNECTIONS,
  backlog: DEFAULT_BACKLOG,
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS
} as const

/** The transport, as a factory for what the node has to offer. Throws an `InvalidParametersError` for bad options. */
export function webSockets(options: WebSocketsOptions = {}): (components?: WebSocketsComponents) => Transport {
  const checked = validated(options)
  return components => new WebSocketsTransport(checked, components)
}

type CheckedOptions = ReturnType<typeof validated>

class WebSocketsTransport implements Transport {
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/transport-ws'
  private readonly settings: ListenerSettings
  private readonly outbound: CounterGroup | undefined

  constructor(options: CheckedOptions, components: WebSocketsComponents = {}) {
    const { logger, metrics } = components
    this.settings = {
      ...options,
      clock: optional(components, 'clock') ?? systemClock,
      log: logger?.forComponent('libp2p:websockets') ?? noLog,
      inbound: metrics?.registerCounterGroup('libp2p_websockets_inbound_connections_total', {
        label: 'outcome',
        help: 'Inbound WebSocket connections by what became of them'
      })
    }
    this.outbound = metrics?.registerCounterGroup('libp2p_websockets_outbound_connections_total', {
      label: 'outcome',
      help: 'WebSocket connection attempts by what became of them'
    })
  }

  get [transportSymbol](): true {
    return true
  }

  /** Rejects with a `WsError`, with what the upgrader threw, or with `signal.reason`. */
  async dial(ma: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const conn = await this.connect(ma, options.signal)
    return upgradeOutbound(conn, options)
  }

  /** Throws a `WsError` (`cannot-listen`) in browsers. */
  createListener({ upgrader }: CreateListenerOptions): Listener {
    return createListener(upgrader, this.settings)
  }

  readonly listenFilter = (addrs: Multiaddr[]): Multiaddr[] => (canListen ? addrs.filter(isWebSocketAddress) : [])

  readonly dialFilter = (addrs: Multiaddr[]): Multiaddr[] =>
    addrs.filter(ma => isWebSocketAddress(ma) && canDial(endpoint(ma)))

  private async connect(ma: Multiaddr, signal: AbortSignal): Promise<ByteConnection> {
    try {
      const conn = await connect(ma, this.settings, signal)
      this.outbound?.increment({ connected: true })
      return conn
    } catch (err) {
      this.outbound?.increment({ failed: true })
      throw err
    }
  }
}

function validated(options: WebSocketsOptions): Required<Omit<WebSocketsOptions, 'tls'>> & {
  tls: ServerCertificate | undefined
} {
  const all = { websocket: {}, tls: undefined, ...DEFAULTS, ...options }
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const least = name === 'maxPayload' || name === 'closeTimeoutMs' ? 1 : 0
    if (Number.isSafeInteger(all[name]) && all[name] >= least) continue
    throw new InvalidParametersError(`webSockets option ${name} must be a whole number from ${least}, not ${all[name]}`)
  }
  return all
}
