import type { Multiaddr, PeerId, PeerInfo } from '@ts-libp2p/interface'
import {
  LEFT_FOR_MS,
  MAX_ADDRESSES_PER_PEER,
  MAX_PEERS,
  MAX_PEERS_PER_SOURCE,
  MAX_TTL_SECONDS,
  RETELL_INTERVAL_MS
} from './limits.ts'
import type { ToldPeer } from './read-peers.ts'

interface Entry {
  readonly id: PeerId
  /** The IP address of the machine that told of it last. */
  source: string
  toldAt: number
  /** When it is forgotten. */
  expiresAt: number
  /** Text, address and when it is forgotten: the one told of last is last. */
  readonly addresses: Map<string, { readonly address: Multiaddr; readonly expiresAt: number }>
}

/** The peers of the local network, as long as they say they are there. */
export class PeerCache {
  /** The one seen last is last. */
  private readonly entries = new Map<string, Entry>()
  private readonly countOfSource = new Map<string, number>()

  get size(): number {
    return this.entries.size
  }

  /** The peer as it should be told of now: it is new, has a new address, or was told of long ago. */
  note(told: ToldPeer, source: string, now: number): PeerInfo | undefined {
    const known = this.entries.get(String(told.id))
    if (told.ttlSeconds === 0) {
      if (known?.source === source) leave(known, now)
      return undefined
    }
    if (told.addresses.length === 0) return undefined
    const entry = known ?? this.newEntry(told.id, source, now)
    if (entry === undefined) return undefined
    const isNews = addAddresses(entry, told, now)
    this.moveToEnd(entry, source)
    if (!isNews && now - entry.toldAt < RETELL_INTERVAL_MS) return undefined
    entry.toldAt = now
    return this.get(told.id, now)
  }

  /** Where a peer is, if it said so lately. */
  get(id: PeerId, now: number): PeerInfo | undefined {
    const entry = this.entries.get(String(id))
    const fresh = [...(entry?.addresses.values() ?? [])].filter(({ expiresAt }) => expiresAt > now)
    return fresh.length === 0 ? undefined : { id, multiaddrs: fresh.map(({ address }) => address) }
  }

  /** Forgets those that were not heard of in time. */
  expire(now: number): void {
    for (const entry of this.entries.values()) {
      for (const [text, { expiresAt }] of entry.addresses) if (expiresAt <= now) entry.addresses.delete(text)
      if (entry.expiresAt <= now) this.remove(entry)
    }
  }

  /** Undefined when the machine has told of as many as it may. */
  private newEntry(id: PeerId, source: string, now: number): Entry | undefined {
    if ((this.countOfSource.get(source) ?? 0) >= MAX_PEERS_PER_SOURCE) {
      this.expire(now)
      if ((this.countOfSource.get(source) ?? 0) >= MAX_PEERS_PER_SOURCE) return undefined
    }
    const [oldest] = this.entries.values()
    if (oldest !== undefined && this.entries.size >= MAX_PEERS) this.remove(oldest)
    return { id, source, toldAt: Number.NEGATIVE_INFINITY, expiresAt: now, addresses: new Map() }
  }

  private moveToEnd(entry: Entry, source: string): void {
    this.remove(entry)
    entry.source = source
    this.entries.set(String(entry.id), entry)
    this.countOfSource.set(source, (this.countOfSource.get(source) ?? 0) + 1)
  }

  private remove({ id, source }: Entry): void {
    if (!this.entries.delete(String(id))) return
    const count = (this.countOfSource.get(source) ?? 1) - 1
    if (count > 0) this.countOfSource.set(source, count)
    else this.countOfSource.delete(source)
  }
}

/** Its place is kept for a while: nobody makes room for strangers by sending them away again. */
function leave(entry: Entry, now: number): void {
  entry.addresses.clear()
  entry.expiresAt = Math.min(entry.expiresAt, now + LEFT_FOR_MS)
}

/** True when one of them is new. */
function addAddresses(entry: Entry, { addresses, ttlSeconds }: ToldPeer, now: number): boolean {
  const expiresAt = now + Math.min(ttlSeconds, MAX_TTL_SECONDS) * 1000
  let isNews = false
  for (const address of addresses) {
    const text = address.toString()
    if (!entry.addresses.delete(text)) isNews = true
    entry.addresses.set(text, { address, expiresAt })
    if (entry.addresses.size > MAX_ADDRESSES_PER_PEER) {
      entry.addresses.delete(entry.addresses.keys().next().value as string)
    }
  }
  entry.expiresAt = Math.max(entry.expiresAt, expiresAt)
  return isNews
}
