import type { Listener, ListenerEvents, Logger, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { type ByteConnection, TypedEvents, toError } from '@ts-libp2p/stream'
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
  private readonly upgrader: Upgrader
  private readonly log: Logger
  /** What cancels each upgrade: one signal for all would gather a listener per connection. */
  private readonly upgrading = new Map<ByteConnection, AbortController>()
  private bound: Endpoint | undefined
  private isClosed = false

  constructor(network: Network, process: Process, upgrader: Upgrader, log: Logger) {
    super()
    this.network = network
    this.process = process
    this.upgrader = upgrader
    this.log = log
  }

  get ip(): string {
    return this.bound?.ip ?? ''
  }

  get hasRoom(): boolean {
    return this.upgrading.size < MAX_PENDING_UPGRADES
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
    for (const [conn, upgrade] of this.upgrading) {
      upgrade.abort(reason)
      conn.abort(reason)
    }
    this.safeDispatchEvent('close')
  }

  accept({ connection }: Socket): void {
    void this.upgrade(connection)
  }

  private own(ma: Multiaddr): Endpoint {
    const { host } = this.process
    const endpoint = endpointOf(ma)
    if (isWildcard(endpoint.ip) || isLoopback(endpoint.ip) || host.ips.includes(endpoint.ip)) return endpoint
    throw new SimulationError('unsupported-address', `${ma} is no address of ${host.name} (${host.ips.join(', ')})`)
  }

  private async upgrade(conn: ByteConnection): Promise<void> {
    const cancel = new AbortController()
    this.upgrading.set(conn, cancel)
    try {
      const signal = this.upgrader.createInboundAbortSignal(cancel.signal)
      await this.upgrader.upgradeInbound(conn, { signal }).finally(() => signal.clear())
    } catch (err) {
      this.log('inbound connection from %a was not upgraded - %e', conn.remoteAddr, err)
      conn.abort(toError(err))
    } finally {
      this.upgrading.delete(conn)
    }
  }
}
