import { KEEP_ALIVE, type Multiaddr, type Peer, type PeerId } from '@ts-libp2p/interface'

/** What is known of one peer. A value: every change makes another. Times are milliseconds since 1970. */
export interface Entry {
  /** With its public key, once that is known. */
  readonly id: PeerId
  /** From the peer's own signed record. Kept apart: hearsay must not displace what the peer itself said. */
  readonly signed: readonly StoredAddress[]
  readonly unsigned: readonly StoredAddress[]
  /** Sorted, each once. */
  readonly protocols: readonly string[]
  readonly metadata: ReadonlyMap<string, Uint8Array>
  readonly tags: ReadonlyMap<string, StoredTag>
  readonly envelope?: Uint8Array
  readonly updatedAt: number
}

export interface StoredAddress {
  readonly multiaddr: Multiaddr
  readonly expiresAt: number
}

export interface StoredTag {
  readonly value: number
  /** Infinity: never. */
  readonly expiresAt: number
}

const NO_LIST: readonly never[] = Object.freeze([])
const NO_MAP: ReadonlyMap<string, never> = new Map<string, never>()

export function emptyEntry(id: PeerId): Entry {
  return { id, signed: NO_LIST, unsigned: NO_LIST, protocols: NO_LIST, metadata: NO_MAP, tags: NO_MAP, updatedAt: 0 }
}

export function isLive({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return expiresAt > now
}

/** Whether the user wants a connection to this peer at all times. */
export function isKeptAlive(entry: Entry, now: number): boolean {
  for (const [name, tag] of entry.tags) if (name.startsWith(KEEP_ALIVE) && isLive(tag, now)) return true
  return false
}

export function isTagged(entry: Entry, now: number): boolean {
  for (const tag of entry.tags.values()) if (isLive(tag, now)) return true
  return false
}

/** Whether nothing would be lost by forgetting the peer: no address is good any more and nobody spoke of it lately. */
export function isStale(entry: Entry, now: number, peerTtlMs: number): boolean {
  if (entry.updatedAt + peerTtlMs > now) return false
  return !entry.signed.some(address => isLive(address, now)) && !entry.unsigned.some(address => isLive(address, now))
}

/** Addresses good until `moment` at least. */
export function extendAddresses(entry: Entry, moment: number): Entry {
  const extend = (address: StoredAddress): StoredAddress =>
    address.expiresAt >= moment ? address : { multiaddr: address.multiaddr, expiresAt: moment }
  return { ...entry, signed: entry.signed.map(extend), unsigned: entry.unsigned.map(extend) }
}

/** The entry without what has expired; addresses stay where `isPinned`. The same object when nothing has. */
export function withoutExpired(entry: Entry, isPinned: boolean, now: number): Entry {
  const gone = (item: { readonly expiresAt: number }): boolean => !isLive(item, now)
  const oldTags = [...entry.tags.values()].some(gone)
  const oldAddresses = !isPinned && (entry.signed.some(gone) || entry.unsigned.some(gone))
  if (!oldTags && !oldAddresses) return entry
  const live = (item: { readonly expiresAt: number }): boolean => !gone(item)
  return {
    ...entry,
    signed: oldAddresses ? entry.signed.filter(live) : entry.signed,
    unsigned: oldAddresses ? entry.unsigned.filter(live) : entry.unsigned,
    tags: oldTags ? new Map([...entry.tags].filter(([, tag]) => live(tag))) : entry.tags
  }
}

/** What others see of an entry, and until when it stays the same. */
export interface View {
  readonly peer: Peer
  readonly until: number
}

/** Shows what has not expired; all addresses where `isPinned`. The peer is shared between readers and frozen. */
export function viewOf(entry: Entry, isPinned: boolean, now: number, peerTtlMs: number): View {
  const staleAt = entry.updatedAt + peerTtlMs
  let until = isPinned || staleAt <= now ? Number.POSITIVE_INFINITY : staleAt
  const addresses: Peer['addresses'] = []
  const show = (from: readonly StoredAddress[], isCertified: boolean): void => {
    for (const { multiaddr, expiresAt } of from) {
      if (!isPinned && expiresAt <= now) continue
      if (!isPinned && expiresAt < until) until = expiresAt
      addresses.push(Object.freeze({ multiaddr, isCertified }))
    }
  }
  show(entry.signed, true)
  show(entry.unsigned, false)
  const tags: Peer['tags'] = new Map()
  for (const [name, { value, expiresAt }] of entry.tags) {
    if (expiresAt <= now) continue
    if (expiresAt < until) until = expiresAt
    tags.set(name, Object.freeze({ value }))
  }
  const peer: Peer = {
    id: entry.id,
    addresses: Object.freeze(addresses) as Peer['addresses'],
    protocols: entry.protocols as string[],
    metadata: entry.metadata as Map<string, Uint8Array>,
    tags,
    peerRecordEnvelope: entry.envelope
  }
  return { peer: Object.freeze(peer), until }
}

/** A peer that its reader may change. */
export function copyOf(peer: Peer): Peer {
  return {
    ...peer,
    addresses: [...peer.addresses],
    protocols: [...peer.protocols],
    metadata: new Map(peer.metadata),
    tags: new Map(peer.tags)
  }
}
