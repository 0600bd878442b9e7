import { AbortError, type Clock, type Logger, type PeerId, type Stream, type Undo } from '@ts-libp2p/interface'
import { isPromise, toError } from '@ts-libp2p/stream'
import { type Counters, countDrop } from './counters.ts'
import { Inbound } from './inbound.ts'
import { MAX_REOPEN_DELAY_MS, OPEN_TIMEOUT_MS, REOPEN_DELAY_MS } from './limits.ts'
import { Ordered } from './ordered.ts'
import { Outbound } from './outbound.ts'
import { Outbox } from './outbox.ts'
import type { PeerKey } from './router.ts'
import type { RpcTrace } from './rpc-trace.ts'

/** What happens on a link. */
export interface LinkPort {
  /** A stream to the peer is open. */
  up(link: PeerLink, protocol: string): void
  down(link: PeerLink): void
  inboundOpened(link: PeerLink): void
  inboundClosed(link: PeerLink): void
  rpc(link: PeerLink, bytes: Uint8Array, isFirst: boolean): void
  /** Nothing is left of it: neither stream is open, none will be opened. */
  over(link: PeerLink): void
}

export interface LinkInit {
  readonly peerId: PeerId
  readonly port: LinkPort
  readonly clock: Clock
  readonly log: Logger
  readonly counters: Counters
  readonly maxMessageSize: number
  readonly trace: RpcTrace | undefined
  /** Opens a stream to the peer. */
  readonly open: (signal: AbortSignal) => Promise<Stream>
}

/** One stream to a peer, which is opened again as long as the peer is wanted, and one from it. */
export class PeerLink {
  readonly peerId: PeerId
  readonly key: PeerKey
  readonly outbox: Outbox
  private readonly init: LinkInit
  private readonly ordered = new Ordered()
  private outbound: Outbound | undefined
  private inbound: Inbound | undefined
  private isWanted = false
  private opening: AbortController | undefined
  private stopTimer: Undo | undefined
  private delayMs = REOPEN_DELAY_MS
  private upSince = 0

  constructor(init: LinkInit) {
    this.init = init
    this.peerId = init.peerId
    this.key = init.peerId.toString()
    this.outbox = new Outbox(init.maxMessageSize, (reason, count, message) => {
      countDrop(init.counters, reason, count)
      if (message !== undefined) init.trace?.dropped(this.key, message)
    })
  }

  get isUp(): boolean {
    return this.outbound !== undefined
  }

  /** The peer speaks one of our protocols and is connected. */
  want(): void {
    this.isWanted = true
    if (this.outbound === undefined && this.opening === undefined && this.stopTimer === undefined) void this.open()
  }

  /** It does not any more. */
  unwant(): void {
    this.isWanted = false
    this.opening?.abort(new AbortError('the peer is gone'))
    this.stopTimer?.()
    this.stopTimer = undefined
    this.outbound?.abort(new AbortError('the peer is gone'))
    this.inbound?.abort(new AbortError('the peer is gone'))
    this.checkOver()
  }

  /** The peer opened a stream. Its latest is the one that counts. */
  accept(stream: Stream): void {
    const { maxMessageSize, port } = this.init
    const replaced = this.inbound
    this.inbound = undefined
    replaced?.abort(new AbortError('the peer opened another stream'))
    if (replaced !== undefined) port.inboundClosed(this)
    const inbound: Inbound = new Inbound(stream, maxMessageSize, {
      rpc: (bytes, isFirst) => port.rpc(this, bytes, isFirst),
      closed: err => this.onInboundClosed(inbound, err)
    })
    this.inbound = inbound
    port.inboundOpened(this)
  }

  flush(): void {
    this.outbound?.flush()
  }

  /** A message of the peer will be worked on for a while. Call the result when that is over. */
  hold(): Undo {
    return this.inbound?.hold() ?? (() => {})
  }

  /**
   * What becomes ready later, a signature that is checked on another thread for instance, is handled in the order in
   * which it came. `otherwise` stands for a promise that rejects.
   */
  inOrder<T>(value: T | Promise<T>, otherwise: T, then: (value: T) => void): void {
    if (!isPromise(value) && this.ordered.length === 0) {
      then(value)
      return
    }
    const release = this.hold()
    this.ordered.add(value, otherwise, result => {
      release()
      then(result)
    })
  }

  /**
   * The same for what is answered by a call. `ask` is given what to call, never before it returns, and returns whether
   * that will be done.
   */
  askInOrder<T>(ask: (answer: (value: T) => void) => boolean, then: (value: T) => void): boolean {
    let answer: (value: T) => void = () => {}
    if (!ask(value => answer(value))) return false
    const release = this.hold()
    answer = this.ordered.expect(value => {
      release()
      then(value)
    })
    return true
  }

  /** The peer broke the protocol: its stream is reset. */
  reject(err: Error): void {
    this.inbound?.abort(err)
  }

  /** Ends both streams, ours in good order. */
  async close(): Promise<void> {
    this.isWanted = false
    const { outbound, inbound } = this
    this.opening?.abort(new AbortError('pubsub was stopped'))
    this.stopTimer?.()
    inbound?.abort(new AbortError('pubsub was stopped'))
    await outbound?.close().catch((err: unknown) => outbound.abort(toError(err)))
  }

  private async open(): Promise<void> {
    const controller = new AbortController()
    this.opening = controller
    const late = (): void => controller.abort(new AbortError(`no stream within ${OPEN_TIMEOUT_MS} ms`))
    const stopTimer = this.init.clock.after(OPEN_TIMEOUT_MS, late)
    try {
      this.onOpened(await this.init.open(controller.signal))
    } catch (err) {
      this.init.log('no stream to %p - %e', this.peerId, err)
      this.openLater()
    } finally {
      stopTimer()
      this.opening = undefined
      this.checkOver()
    }
  }

  private onOpened(stream: Stream): void {
    if (!this.isWanted) {
      stream.abort(new AbortError('the peer is gone'))
      return
    }
    const { clock, counters, port } = this.init
    const outbound: Outbound = new Outbound(stream, this.outbox, clock, {
      sent: (frame, message) => {
        counters.sentBytes += frame.byteLength
        if (message !== undefined) counters.sent++
        this.init.trace?.sent(this.key, frame, message)
      },
      closed: err => this.onOutboundClosed(outbound, err)
    })
    this.outbound = outbound
    this.upSince = clock.now()
    port.up(this, stream.protocol)
    outbound.flush()
  }

  private onOutboundClosed(outbound: Outbound, err: Error | undefined): void {
    if (this.outbound !== outbound) return
    this.outbound = undefined
    this.outbox.clear()
    // A peer that ends every stream at once is not asked again at once.
    if (this.init.clock.now() - this.upSince > MAX_REOPEN_DELAY_MS) this.delayMs = REOPEN_DELAY_MS
    this.init.log('the stream to %p is over - %e', this.peerId, err ?? 'it was closed')
    this.init.port.down(this)
    this.openLater()
    this.checkOver()
  }

  private onInboundClosed(inbound: Inbound, err: Error | undefined): void {
    if (this.inbound !== inbound) return
    this.inbound = undefined
    this.init.log('the stream from %p is over - %e', this.peerId, err ?? 'it was closed')
    this.init.port.inboundClosed(this)
    this.checkOver()
  }

  private openLater(): void {
    if (!this.isWanted || this.stopTimer !== undefined) return
    this.stopTimer = this.init.clock.after(this.delayMs, () => {
      this.stopTimer = undefined
      void this.open()
    })
    this.delayMs = Math.min(this.delayMs * 2, MAX_REOPEN_DELAY_MS)
  }

  private checkOver(): void {
    if (this.isWanted || this.outbound !== undefined || this.inbound !== undefined || this.opening !== undefined) return
    this.init.port.over(this)
  }
}
