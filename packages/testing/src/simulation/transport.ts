import {
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type Logger,
  type Multiaddr,
  type Transport,
  transportSymbol
} from '@ts-libp2p/interface'
import { toError, upgradeOutbound } from '@ts-libp2p/stream'
import { Attempt } from './attempt.ts'
import { type Endpoint, endpointOf, isSimulated, keyOf } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import { SimulatedListener } from './listener.ts'
import type { Network } from './network.ts'
import type { Process } from './process.ts'

export interface HostTransportOptions {
  /**
   * Dial from the port that the host listens on, as go-libp2p does, so that a NAT shows both at one port. Default false,
   * as Node's sockets have it.
   */
  readonly reusePort?: boolean
}

/** The transport of one process of a simulated host. */
export function hostTransport(
  network: Network,
  process: Process,
  options: HostTransportOptions,
  log: Logger
): Transport {
  return new HostTransport(network, process, options, log)
}

class HostTransport implements Transport {
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/testing/simulation'
  private readonly network: Network
  private readonly process: Process
  private readonly options: HostTransportOptions
  private readonly log: Logger

  constructor(network: Network, process: Process, options: HostTransportOptions, log: Logger) {
    this.network = network
    this.process = process
    this.options = options
    this.log = log
  }

  get [transportSymbol](): true {
    return true
  }

  /** Rejects with a `SimulationError`, what the upgrader threw, or `signal.reason`. */
  async dial(ma: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    options.signal.throwIfAborted()
    const conn = await this.connect(ma, options.signal)
    return upgradeOutbound(conn, options)
  }

  createListener({ upgrader }: CreateListenerOptions): Listener {
    return new SimulatedListener(this.network, this.process, upgrader, this.log)
  }

  readonly listenFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(isSimulated)

  readonly dialFilter = (addrs: Multiaddr[]): Multiaddr[] => addrs.filter(isSimulated)

  private async connect(ma: Multiaddr, signal: AbortSignal): Attempt['result'] {
    const { network, process } = this
    const remote = endpointOf(ma)
    network.note(process.host, `dial ${keyOf(remote)}`)
    try {
      const conn = await this.begin(ma, remote, signal)
      network.note(process.host, `connected to ${keyOf(remote)}`)
      return conn
    } catch (err) {
      network.note(process.host, `dial of ${keyOf(remote)} failed: ${toError(err).message}`)
      throw err
    }
  }

  private begin(ma: Multiaddr, remote: Endpoint, signal: AbortSignal): Attempt['result'] {
    const { network, process } = this
    process.checkAlive()
    const ip = process.host.sourceIp(remote.ip)
    if (ip === undefined) throw new SimulationError('timed-out', `${process.host.name} has no address to reach ${ma}`)
    const local = { ip, port: this.localPort({ ip, port: process.host.port }, remote) }
    const attempt = new Attempt({ network, process, local, remote, remoteAddr: ma }, signal)
    attempt.start()
    return attempt.result
  }

  private localPort(listening: Endpoint, remote: Endpoint): number {
    const { host, sockets } = this.process
    const isListening = this.process.acceptorAt(listening) !== undefined
    if (this.options.reusePort !== true || !isListening) return host.ephemeralPort()
    const isUsed = [...sockets].some(s => s.local.port === listening.port && keyOf(s.remote) === keyOf(remote))
    return isUsed || this.network.attemptAt(listening, remote) !== undefined ? host.ephemeralPort() : listening.port
  }
}
