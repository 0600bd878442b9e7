import type { AbortOptions, Logger, Node, PeerId } from '@ts-libp2p/interface'
import { peerIdFromBytes } from '@ts-libp2p/peer-id'
import { Fifo } from '@ts-libp2p/stream'
import { CONNECT_TIMEOUT_MS, MAX_CONCURRENT_CONNECTS, MAX_PENDING_CONNECTS } from './limits.ts'
import type { PeerOffer } from './rpc.ts'

/** Connects to peers that were offered, a few at a time. What fails is logged: the offer may have been worth nothing. */
export class Connector {
  private readonly node: Node
  private readonly log: Logger
  private readonly waiting = new Fifo<PeerOffer>()
  private running = 0
  private stopped = new AbortController()

  constructor(node: Node, log: Logger) {
    this.node = node
    this.log = log
  }

  start(): void {
    this.stopped = new AbortController()
  }

  stop(): void {
    this.waiting.clear()
    this.stopped.abort(new Error('pubsub was stopped'))
  }

  /** False when too many wait already. */
  connect(offer: PeerOffer): boolean {
    if (this.waiting.length >= MAX_PENDING_CONNECTS) return false
    this.waiting.push(offer)
    this.next()
    return true
  }

  private next(): void {
    if (this.running >= MAX_CONCURRENT_CONNECTS || this.stopped.signal.aborted) return
    const offer = this.waiting.shift()
    if (offer === undefined) return
    this.running++
    void this.try(offer).finally(() => {
      this.running--
      this.next()
    })
  }

  private async try(offer: PeerOffer): Promise<void> {
    const timeout = new AbortController()
    const abort = (): void => timeout.abort(this.stopped.signal.reason)
    this.stopped.signal.addEventListener('abort', abort, { once: true })
    const stopTimer = this.node.clock.after(CONNECT_TIMEOUT_MS, () => timeout.abort(new Error('took too long')))
    try {
      await this.dial(peerIdFromBytes(offer.peerId), offer.signedPeerRecord, { signal: timeout.signal })
    } catch (err) {
      this.log('an offered peer could not be reached - %e', err)
    } finally {
      stopTimer()
      this.stopped.signal.removeEventListener('abort', abort)
    }
  }

  private async dial(peerId: PeerId, record: Uint8Array | undefined, options: AbortOptions): Promise<void> {
    if (peerId.equals(this.node.peerId) || this.node.connections(peerId).length > 0) return
    if (record !== undefined) {
      await this.node.peerStore.consumePeerRecord(record, { ...options, expectedPeer: peerId })
    }
    await this.node.dial(peerId, options)
  }
}
