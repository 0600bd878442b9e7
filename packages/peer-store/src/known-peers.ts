import type { Peer, PeerId, PeerUpdate } from '@ts-libp2p/interface'
import { type Entry, extendAddresses, isKeptAlive, isStale, isTagged, viewOf, withoutExpired } from './entry.ts'
import { RECENTLY_CONNECTED_TTL_MS } from './limits.ts'
import { samePeer } from './same-peer.ts'
import { type Rank, type Slot, Table } from './table.ts'
import type { UpdateContext } from './update.ts'

export interface KnownPeersOptions {
  /** Ourselves. */
  readonly selfKey: string
  readonly maxPeers: number
  readonly peerTtlMs: number
  /** Called when what should be on disk of a peer changed. Must not call back. */
  readonly onChange: (key: string, id: PeerId) => void
  readonly onRemove: (key: string, id: PeerId) => void
}

/**
 * The core: who is known, who expires and who has to go. Synchronous, so that every change is whole before the next
 * one begins. Keys are peer ids as text; `now` is in milliseconds since 1970.
 */
export class KnownPeers {
  private readonly table = new Table()
  private readonly connected = new Set<string>()
  private readonly options: KnownPeersOptions

  constructor(options: KnownPeersOptions) {
    this.options = options
  }

  get size(): number {
    return this.table.size
  }

  /** What can be seen of a peer. */
  peek(key: string, now: number): Peer | undefined {
    const slot = this.table.get(key)
    if (slot === undefined) return undefined
    if (slot.view !== undefined && now < slot.view.until) return slot.view.peer
    return this.lookAgain(slot, now)
  }

  /** Everybody but ourselves. */
  others(now: number): Peer[] {
    const peers: Peer[] = []
    for (const { key } of this.table.values()) {
      const peer = key === this.options.selfKey ? undefined : this.peek(key, now)
      if (peer !== undefined) peers.push(peer)
    }
    return peers
  }

  entryOf(key: string): Entry | undefined {
    return this.table.get(key)?.entry
  }

  /** Stores what `change` makes of a peer's entry; when it throws, nothing changes. `isNews`: the change can be seen. */
  update(
    key: string,
    times: { readonly now: number; readonly expiresAt: number },
    change: (previous: Entry | undefined, context: UpdateContext) => Entry
  ): PeerUpdate & { isNews: boolean } {
    const previous = this.peek(key, times.now)
    const known = previous && this.entryOf(key)
    const isPinned = this.isPinned(key, known, times.now)
    this.store(key, change(known, { ...times, isPinned }), times.now)
    this.evict(key)
    const peer = this.peek(key, times.now) as Peer
    return { peer, previous, isNews: previous === undefined || !samePeer(previous, peer) }
  }

  forget(key: string): void {
    const entry = this.entryOf(key)
    if (entry === undefined) return
    this.table.delete(key)
    this.options.onRemove(key, entry.id)
  }

  setConnected(key: string, isConnected: boolean, now: number): void {
    if (this.connected.has(key) === isConnected) return
    if (isConnected) this.connected.add(key)
    else this.connected.delete(key)
    const entry = this.entryOf(key)
    if (entry === undefined) return
    this.store(key, isConnected ? entry : extendAddresses(entry, now + RECENTLY_CONNECTED_TTL_MS), now)
  }

  /** Takes in what was on disk, the most valuable last. */
  restore(entries: readonly Entry[], now: number): void {
    for (const entry of entries) {
      const key = entry.id.toString()
      this.table.set(key, entry, this.rankOf(key, entry, now))
    }
  }

  /** Frees what has expired, and keeps the addresses of connected peers good on disk in case we crash. */
  sweep(now: number): void {
    for (const { key } of [...this.table.values()]) {
      if (this.peek(key, now) !== undefined) this.sweepPeer(key, this.entryOf(key) as Entry, now)
    }
  }

  private sweepPeer(key: string, entry: Entry, now: number): void {
    if (this.connected.has(key)) {
      this.store(key, extendAddresses(entry, now + RECENTLY_CONNECTED_TTL_MS), now)
      return
    }
    const kept = withoutExpired(entry, this.isPinned(key, entry, now), now)
    const rank = this.rankOf(key, kept, now)
    if (kept !== entry || this.table.get(key)?.rank !== rank) this.table.set(key, kept, rank)
  }

  private store(key: string, entry: Entry, now: number): void {
    const isChanged = this.entryOf(key) !== entry
    this.table.set(key, entry, this.rankOf(key, entry, now))
    if (isChanged) this.options.onChange(key, entry.id)
  }

  /** Makes room, but neither at our own cost nor at that of the peer just stored. */
  private evict(newest: string): void {
    while (this.table.size > this.options.maxPeers) {
      const slot = this.table.leastValuable(key => key !== newest && key !== this.options.selfKey)
      if (slot === undefined) return
      this.forget(slot.key)
    }
  }

  private lookAgain(slot: Slot, now: number): Peer | undefined {
    const { key, entry } = slot
    const isPinned = this.isPinned(key, entry, now)
    if (!isPinned && isStale(entry, now, this.options.peerTtlMs)) {
      this.forget(key)
      return undefined
    }
    slot.view = viewOf(entry, isPinned, now, this.options.peerTtlMs)
    return slot.view.peer
  }

  private isPinned(key: string, entry: Entry | undefined, now: number): boolean {
    return this.isOurs(key) || (entry !== undefined && isKeptAlive(entry, now))
  }

  private rankOf(key: string, entry: Entry, now: number): Rank {
    if (this.isOurs(key)) return 3
    if (isKeptAlive(entry, now)) return 2
    return isTagged(entry, now) ? 1 : 0
  }

  /** Ourselves, or connected to us. */
  private isOurs(key: string): boolean {
    return key === this.options.selfKey || this.connected.has(key)
  }
}
