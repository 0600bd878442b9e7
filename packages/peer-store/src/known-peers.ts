import type { PeerId, PeerUpdate } from '@ts-libp2p/interface'
import {
  asPeer,
  type Entry,
  expiryOf,
  extendAddresses,
  isKeptAlive,
  isStale,
  isTagged,
  withoutExpired
} from './entry.ts'
import { RECENTLY_CONNECTED_TTL_MS } from './limits.ts'
import { samePeer } from './same-peer.ts'
import { SharedLists } from './shared-lists.ts'
import { type Rank, type Slot, Table } from './table.ts'
import type { UpdateTimes } from './update.ts'

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
  private readonly lists = new SharedLists()
  private readonly options: KnownPeersOptions

  constructor(options: KnownPeersOptions) {
    this.options = options
  }

  get size(): number {
    return this.table.size
  }

  /** What is known of a peer, without what has expired. */
  peek(key: string, now: number): Entry | undefined {
    const slot = this.table.get(key)
    if (slot === undefined || now < slot.until) return slot?.entry
    return this.lookAgain(slot, now)
  }

  /** Everybody but ourselves. */
  others(now: number): Entry[] {
    const entries: Entry[] = []
    for (const { key } of this.table.values()) {
      const entry = key === this.options.selfKey ? undefined : this.peek(key, now)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }

  /** What is known of a peer, expired or not. */
  entryOf(key: string): Entry | undefined {
    return this.table.get(key)?.entry
  }

  /** Stores what `change` makes of a peer's entry; when it throws, nothing changes. `isNews`: the change can be seen. */
  update(
    key: string,
    times: UpdateTimes,
    change: (known: Entry | undefined, times: UpdateTimes) => Entry
  ): PeerUpdate & { isNews: boolean } {
    const known = this.peek(key, times.now)
    this.store(key, change(known, times), times.now)
    this.evict(key)
    const peer = asPeer(this.peek(key, times.now) as Entry)
    const previous = known && asPeer(known)
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
    const entry = this.peek(key, now)
    if (isConnected) this.connected.add(key)
    else this.connected.delete(key)
    if (entry === undefined) return
    this.store(key, isConnected ? entry : extendAddresses(entry, now + RECENTLY_CONNECTED_TTL_MS), now)
  }

  /** Takes in what was on disk, the most valuable last. */
  restore(entries: readonly Entry[], now: number): void {
    for (const entry of entries) {
      const key = entry.id.toString()
      this.table.set(key, this.lists.shared(entry), this.rankOf(key, entry, now))
    }
  }

  /** Frees what has expired, and keeps the addresses of connected peers good on disk in case we crash. */
  sweep(now: number): void {
    for (const { key, rank } of [...this.table.values()]) {
      const entry = this.peek(key, now)
      if (entry === undefined) continue
      if (this.connected.has(key)) this.store(key, extendAddresses(entry, now + RECENTLY_CONNECTED_TTL_MS), now)
      else if (rank !== this.rankOf(key, entry, now)) this.store(key, entry, now)
    }
  }

  private store(key: string, entry: Entry, now: number): void {
    const known = this.entryOf(key)
    const stored = known?.protocols === entry.protocols ? entry : this.lists.shared(entry)
    this.table.set(key, stored, this.rankOf(key, entry, now))
    if (known !== entry) this.options.onChange(key, entry.id)
  }

  /** Makes room, but neither at our own cost nor at that of the peer just stored. */
  private evict(newest: string): void {
    while (this.table.size > this.options.maxPeers) {
      const slot = this.table.leastValuable(key => key !== newest && key !== this.options.selfKey)
      if (slot === undefined) return
      this.forget(slot.key)
    }
  }

  private lookAgain(slot: Slot, now: number): Entry | undefined {
    const { key, entry } = slot
    const isPinned = this.isPinned(key, entry, now)
    if (!isPinned && isStale(entry, now, this.options.peerTtlMs)) {
      this.forget(key)
      return undefined
    }
    const staleAt = entry.updatedAt + this.options.peerTtlMs
    slot.entry = withoutExpired(entry, isPinned, now)
    slot.until = expiryOf(slot.entry, isPinned)
    if (!isPinned && staleAt > now) slot.until = Math.min(slot.until, staleAt)
    return slot.entry
  }

  private isPinned(key: string, entry: Entry, now: number): boolean {
    return this.isOurs(key) || isKeptAlive(entry, now)
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
