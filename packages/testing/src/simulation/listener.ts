import type { Listener, ListenerEvents, Logger, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { InboundUpgrades, TypedEvents } from '@ts-libp2p/stream'
import { addressOf, type Endpoint, endpointOf, isLoopback, isSameFamily, isWildcard, keyOf } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import { MAX_PENDING_UPGRADES } from './limits.ts'
import type { Network } from './network.ts'
import type { Acceptor, Process } from './process.ts'
import type { Socket } from './socket.ts'

/** Accepts connections on one address of a simulated host. */
export class SimulatedListener extends TypedEvents<ListenerEvents> implements Listener, Acceptor {
  private readonly network: Network
  private readonly process: Process
  private readonly upgrades: InboundUpgrades
  private bound: Endpoint | undefined
  private isClosed = false

  constructor(network: Network, process: Process, upgrader: Upgrader, log: Logger) {
    super()
    this.network = network
    this.process = process
    this.upgrades = new InboundUpgrades({ upgrader, log })
  }

  get ip(): string {
    return this.bound?.ip ?? ''
  }

  get hasRoom(): boolean {
    return this.upgrades.size < MAX_PENDING_UPGRADES
  }

  /** Rejects with a `SimulationError`. */
  async listen(ma: Multiaddr): Promise<void> {
    if (this.isClosed || this.bound !== undefined) {
      const state = this.isClosed ? 'the listener was closed' : 'it listens already'
      throw new SimulationError('listener-state', `cannot listen on ${ma}: ${state}`)
    }
    const { ip, port } = this.own(ma)
    this.bound = { ip, port: port === 0 ? this.process.host.ephemeralPort() : port }
    this.process.bind(this.bound.port, this)
    this.network.note(this.process.host, `listens on ${keyOf(this.bound)}`)
    this.safeDispatchEvent('listening')
  }

  /** Wildcards become the host's addresses. */
  getAddrs(): Multiaddr[] {
    const { bound } = this
    if (bound === undefined || this.isClosed) return []
    if (!isWildcard(bound.ip)) return [addressOf(bound)]
    const ips = this.process.host.ips.filter(ip => isSameFamily(ip, bound.ip))
    return ips.map(ip => addressOf({ ip, port: bound.port }))
  }

  updateAnnounceAddrs(): void {}

  /** Upgraded connections belong to whoever has them and stay open; those being upgraded are given up. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    if (this.bound !== undefined) this.process.unbind(this.bound.port, this)
    const reason = new SimulationError('listener-closed', `the listener on port ${this.bound?.port} was closed`)
    this.upgrades.abort(reason)
    this.safeDispatchEvent('close')
  }

  accept({ connection }: Socket): void {
    void this.upgrades.add(connection)
  }

  private own(ma: Multiaddr): Endpoint {
    const { host } = this.process
    const endpoint = endpointOf(ma)
    if (isWildcard(endpoint.ip) || isLoopback(endpoint.ip) || host.ips.includes(endpoint.ip)) return endpoint
    throw new SimulationError('unsupported-address', `${ma} is no address of ${host.name} (${host.ips.join(', ')})`)
  }
}
