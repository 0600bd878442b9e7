import type { Listener, ListenerEvents, Logger, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { type ByteConnection, InboundUpgrades, TypedEvents } from '@ts-libp2p/stream'
import { MemoryError } from './errors.ts'
import { MAX_PENDING_UPGRADES } from './limits.ts'
import type { Acceptor, MemoryNetwork } from './network.ts'

/** Accepts connections on one memory address. */
export class MemoryListener extends TypedEvents<ListenerEvents> implements Listener, Acceptor {
  private readonly network: MemoryNetwork
  private readonly upgrades: InboundUpgrades
  private address: Multiaddr | undefined
  private isClosed = false

  constructor(network: MemoryNetwork, upgrader: Upgrader, log: Logger) {
    super()
    this.network = network
    this.upgrades = new InboundUpgrades({ upgrader, log })
  }

  /** Rejects with a `MemoryError`. */
  async listen(ma: Multiaddr): Promise<void> {
    if (this.isClosed || this.address !== undefined) {
      const state = this.isClosed ? 'the listener was closed' : 'it listens already'
      throw new MemoryError('listener-state', `cannot listen on ${ma}: ${state}`)
    }
    this.address = this.network.listen(ma, this)
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    return this.address === undefined || this.isClosed ? [] : [this.address]
  }

  updateAnnounceAddrs(): void {}

  /** Upgraded connections belong to whoever has them and stay open; those being upgraded are given up. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    if (this.address !== undefined) this.network.leave(this.address)
    const reason = this.closedError()
    this.upgrades.abort(reason)
    // Later, as with sockets: js-libp2p closes one listener after the other, and miscounts when it is told meanwhile.
    await Promise.resolve()
    this.safeDispatchEvent('close')
  }

  admit(from: Multiaddr): void {
    if (this.upgrades.size < MAX_PENDING_UPGRADES) return
    throw new MemoryError('refused', `${this.address} refuses ${from}: ${MAX_PENDING_UPGRADES} wait to be upgraded`)
  }

  accept(conn: ByteConnection): void {
    if (this.isClosed) conn.abort(this.closedError())
    else void this.upgrades.add(conn)
  }

  private closedError(): MemoryError {
    return new MemoryError('listener-closed', `the listener on ${this.address} was closed`)
  }
}
