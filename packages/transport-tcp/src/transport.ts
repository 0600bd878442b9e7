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
import { noLog, optional, systemClock, upgradeOutbound } from '@ts-libp2p/stream'
import { isTcpAddress } from './address.ts'
import { connect } from './connection.ts'
import { DEFAULT_BACKLOG, DEFAULT_CLOSE_TIMEOUT_MS, DEFAULT_KEEP_ALIVE_MS, DEFAULT_MAX_CONNECTIONS } from './limits.ts'
import { type ListenerSettings, TcpListener } from './listener.ts'

export interface TcpOptions {
  /** Connections that wait to be accepted. Default 511. */
  readonly backlog?: number
  /** Inbound connections per listener; more are closed at once. Default 4096. Each costs a file descriptor. */
  readonly maxConnections?: number
  /** Idle milliseconds before the system probes the remote; 0 turns it off. Default 60,000. Costs one packet. */
  readonly keepAliveMs?: number
  /** Milliseconds that the remote has to end its side after we ended ours. Default 500. */
  readonly closeTimeoutMs?: number
  /**
   * Milliseconds without a byte before a connection is aborted. Default 0, never: muxers above have a keep-alive of
   * their own. Costs a timer per connection.
   */
  readonly socketInactivityTimeoutMs?: number
}

export interface TcpComponents {
  logger?: ComponentLogger
  clock?: Clock
  metrics?: Metrics
}

const DEFAULTS: Required<TcpOptions> = {
  backlog: DEFAULT_BACKLOG,
  maxConnections: DEFAULT_MAX_CONNECTIONS,
  keepAliveMs: DEFAULT_KEEP_ALIVE_MS,
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
  socketInactivityTimeoutMs: 0
}

/** The transport, as a factory for what the node has to offer. Throws an `InvalidParametersError` for bad options. */
export function tcp(options: TcpOptions = {}): (components?: TcpComponents) => Transport {
  const settings = validated({ ...DEFAULTS, ...options })
  return components => new TcpTransport(settings, components)
}

class TcpTransport implements Transport {
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/transport-tcp'
  private readonly settings: ListenerSettings
  private readonly outbound: CounterGroup | undefined

  constructor(options: Required<TcpOptions>, components: TcpComponents = {}) {
    const { logger, metrics } = components
    this.settings = {
      ...options,
      clock: optional(components, 'clock') ?? systemClock,
      log: logger?.forComponent('libp2p:tcp') ?? noLog,
      inbound: metrics?.registerCounterGroup('libp2p_tcp_inbound_connections_total', {
        label: 'outcome',
        help: 'Inbound TCP connections by what became of them'
      })
    }
    this.outbound = metrics?.registerCounterGroup('libp2p_tcp_outbound_connections_total', {
      label: 'outcome',
      help: 'TCP connection attempts by what became of them'
    })
  }

  get [transportSymbol](): true {
    return true
  }

  /** Rejects with a `TcpError`, with what the upgrader threw, or with `signal.reason`. */
  async dial(ma: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    const conn = await this.counted(connect(ma, this.settings, options.signal))
    return upgradeOutbound(conn, options)
  }

  createListener({ upgrader }: CreateListenerOptions): Listener {
    return new TcpListener(upgrader, this.settings)
  }

  readonly listenFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(isTcpAddress)

  readonly dialFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(isTcpAddress)

  private async counted<T>(connecting: Promise<T>): Promise<T> {
    try {
      const conn = await connecting
      this.outbound?.increment({ connected: true })
      return conn
    } catch (err) {
      this.outbound?.increment({ failed: true })
      throw err
    }
  }
}

function validated(options: Required<TcpOptions>): Required<TcpOptions> {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InvalidParametersError(`tcp option ${name} must be a whole number, 0 or more, not ${value}`)
    }
  }
  return options
}
