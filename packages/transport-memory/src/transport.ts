import {
  type Clock,
  type ComponentLogger,
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type Logger,
  type Metrics,
  type Multiaddr,
  type Transport,
  transportSymbol
} from '@ts-libp2p/interface'
import { Memory } from '@ts-libp2p/multiaddr'
import { type ByteConnection, noLog, optional, systemClock, upgradeOutbound } from '@ts-libp2p/stream'
import { link } from './link.ts'
import { MemoryListener } from './listener.ts'
import { MemoryNetwork } from './network.ts'

export interface MemoryOptions {
  /** Who can reach whom. Default: one network for the whole process. */
  readonly network?: MemoryNetwork
}

export interface MemoryComponents {
  logger?: ComponentLogger
  clock?: Clock
  metrics?: Metrics
}

const processNetwork: MemoryNetwork = new MemoryNetwork()

/** The transport, as a factory for what the node has to offer. */
export function memory({ network = processNetwork }: MemoryOptions = {}): (components?: MemoryComponents) => Transport {
  return components => new MemoryTransport(network, components)
}

class MemoryTransport implements Transport {
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/transport-memory'
  private readonly network: MemoryNetwork
  private readonly log: Logger
  private readonly clock: Clock

  constructor(network: MemoryNetwork, components: MemoryComponents = {}) {
    this.network = network
    this.log = components.logger?.forComponent('libp2p:memory') ?? noLog
    this.clock = optional(components, 'clock') ?? systemClock
  }

  get [transportSymbol](): true {
    return true
  }

  /** Takes a round trip, as TCP does. Rejects with a `MemoryError`, what the upgrader threw, or `signal.reason`. */
  async dial(ma: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    await this.network.roundTrip(options.signal)
    const conn = this.connect(ma)
    return upgradeOutbound(conn, options)
  }

  createListener({ upgrader }: CreateListenerOptions): Listener {
    return new MemoryListener(this.network, upgrader, this.log)
  }

  readonly listenFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(ma => Memory.exactMatch(ma))

  readonly dialFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(ma => Memory.exactMatch(ma))

  private connect(ma: Multiaddr): ByteConnection {
    const { network, log, clock } = this
    const acceptor = network.acceptorAt(ma)
    const own = network.ephemeralAddress()
    acceptor.admit(own)
    const [outbound, inbound] = link({ network, addresses: [ma, own], logs: [log, log], clock })
    // With the first bytes of the dialling side, as the last packet of TCP's handshake.
    network.later(() => acceptor.accept(inbound))
    return outbound
  }
}
