import type { AbortOptions, PeerInfo } from '@ts-libp2p/interface'
import { abortable, type Waiter } from '@ts-libp2p/stream'
import { MAX_QUEUED_PEERS, MAX_REMEMBERED_PEERS } from './limits.ts'

/** One who walks: the peers found for it that it has not taken yet. */
export class Walker {
  private readonly queue: PeerInfo[] = []
  private readonly told = new Set<string>()
  private readonly waiting: Waiter<PeerInfo>[] = []

  /** Whether it has taken everything. */
  get isHungry(): boolean {
    return this.queue.length === 0
  }

  offer(peer: PeerInfo): void {
    const name = String(peer.id)
    if (this.told.has(name)) return
    this.told.add(name)
    if (this.told.size > MAX_REMEMBERED_PEERS) this.told.delete(this.told.values().next().value as string)
    const waiter = this.waiting.shift()
    if (waiter !== undefined) waiter.resolve(peer)
    else if (this.queue.push(peer) > MAX_QUEUED_PEERS) this.queue.shift()
  }

  /** The next peer, at once or when there is one. */
  async next({ signal }: AbortOptions): Promise<PeerInfo> {
    signal?.throwIfAborted()
    return this.queue.shift() ?? (await abortable(this.waiting, signal))
  }
}
