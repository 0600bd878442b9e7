import net, { type Server, type Socket } from 'node:net'
import type { CounterGroup, Listener, ListenerEvents, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { InboundUpgrades, TypedEvents, toError } from '@ts-libp2p/stream'
import { reachableAddresses, type SocketAddress, socketAddress } from './address.ts'
import { accepted, type ConnectionSettings, keepAlive } from './connection.ts'
import { TcpError, tcpError } from './errors.ts'

export interface ListenerSettings extends ConnectionSettings {
  readonly backlog: number
  readonly maxConnections: number
  /** Counts what became of inbound connections. */
  readonly inbound?: CounterGroup
}

/** Accepts connections on one TCP address or unix socket. */
export class TcpListener extends TypedEvents<ListenerEvents> implements Listener {
  private readonly settings: ListenerSettings
  private readonly upgrades: InboundUpgrades
  private readonly server: Server
  private listenAddr: Multiaddr | undefined
  private starting: Promise<void> | undefined
  private isClosed = false

  constructor(upgrader: Upgrader, settings: ListenerSettings) {
    super()
    this.upgrades = new InboundUpgrades({ upgrader, log: settings.log, counter: settings.inbound })
    this.settings = settings
    this.server = net.createServer({
      ...keepAlive(settings),
      allowHalfOpen: true,
      noDelay: true,
      pauseOnConnect: true
    })
    this.server.maxConnections = settings.maxConnections
    this.server.on('connection', socket => this.accept(socket))
    this.server.on('drop', () => this.refused())
  }

  /** Rejects with a `TcpError` that says why; the listener can then be closed only. */
  async listen(ma: Multiaddr): Promise<void> {
    if (this.isClosed) throw new TcpError('listener-state', `cannot listen on ${ma}: the listener was closed`)
    if (this.starting !== undefined) throw new TcpError('listener-state', `cannot listen on ${ma}: it listens already`)
    const address = socketAddress(ma)
    this.listenAddr = ma
    this.starting = this.start(ma, address)
    await this.starting
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    const bound = this.isClosed ? null : this.server.address()
    if (bound === null || this.listenAddr === undefined) return []
    return typeof bound === 'string' ? [this.listenAddr] : reachableAddresses(bound)
  }

  updateAnnounceAddrs(): void {}

  /**
   * Stops accepting and gives up connections that are being upgraded. Those upgraded belong to whoever has them and
   * stay open.
   */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await this.starting?.catch(() => {})
    // It ends its listening at once; its callback would wait for every connection to end.
    this.server.close()
    const reason = new TcpError('listener-closed', `the listener on ${this.listenAddr} was closed`)
    this.upgrades.abort(reason)
    this.safeDispatchEvent('close')
  }

  private start(ma: Multiaddr, address: SocketAddress): Promise<void> {
    const { server } = this
    const { backlog } = this.settings
    return new Promise((resolve, reject) => {
      const fail = (err: Error): void => reject(tcpError(`cannot listen on ${ma}`, err))
      server.once('error', fail)
      // Without `ipv6Only` a socket on :: takes IPv4 too, and a second listener on 0.0.0.0 finds the port in use.
      server.listen({ ...address, backlog, ipv6Only: 'family' in address && address.family === 6 }, () => {
        server.off('error', fail)
        server.on('error', err => this.failed(err))
        resolve()
      })
    })
  }

  private accept(socket: Socket): void {
    try {
      const isUnix = typeof this.server.address() === 'string'
      const conn = accepted(socket, this.listenAddr as Multiaddr, isUnix, this.settings)
      if (conn !== undefined) void this.upgrades.add(conn)
    } catch (err) {
      socket.destroy()
      this.failed(toError(err))
    }
  }

  private refused(): void {
    this.settings.log('a connection over the limit of %d was refused', this.settings.maxConnections)
    this.settings.inbound?.increment({ refused: true })
  }

  /** Accepting failed, for want of file descriptors mostly. The server goes on. */
  private failed(err: Error): void {
    const error = tcpError(`listener on ${this.listenAddr}`, err)
    this.settings.log.error('%e', error)
    this.settings.inbound?.increment({ error: true })
    this.safeDispatchEvent('error', { detail: error })
  }
}
