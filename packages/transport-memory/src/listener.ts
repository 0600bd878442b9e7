import type { Listener, ListenerEvents, Logger, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { type ByteConnection, TypedEvents, toError } from '@ts-libp2p/stream'
import { MemoryError } from './errors.ts'
import { MAX_PENDING_UPGRADES } from './limits.ts'
import type { Acceptor, MemoryNetwork } from './network.ts'

/** Accepts connections on one memory address. */
export class MemoryListener extends TypedEvents<ListenerEvents> implements Listener, Acceptor {
  readonly log: Logger
  private readonly network: MemoryNetwork
  private readonly upgrader: Upgrader
  /** What cancels each upgrade: one signal for all would gather a listener per connection. */
  private readonly upgrading = new Map<ByteConnection, AbortController>()
  private address: Multiaddr | undefined
  private isClosed = false

  constructor(network: MemoryNetwork, upgrader: Upgrader, log: Logger) {
    super()
    this.network = network
    this.upgrader = upgrader
    this.log = log
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
    for (const [conn, upgrade] of this.upgrading) {
      upgrade.abort(reason)
      conn.abort(reason)
    }
    // Later, as with sockets: js-libp2p closes one listener after the other, and miscounts when it is told meanwhile.
    await Promise.resolve()
    this.safeDispatchEvent('close')
  }

  admit(from: Multiaddr): void {
    if (this.upgrading.size < MAX_PENDING_UPGRADES) return
    throw new MemoryError('refused', `${this.address} refuses ${from}: ${MAX_PENDING_UPGRADES} wait to be upgraded`)
  }

  accept(conn: ByteConnection): void {
    if (this.isClosed) conn.abort(this.closedError())
    else void this.upgrade(conn)
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

  private closedError(): MemoryError {
    return new MemoryError('listener-closed', `the listener on ${this.address} was closed`)
  }
}
