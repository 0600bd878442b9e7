import { type Address, KEEP_ALIVE, type Peer, type PeerId, type Tag } from '@ts-libp2p/interface'

/**
 * What is known of one peer: a frozen value, every change makes another. It is what readers of `peek` see, so that
 * they cost nothing; times are milliseconds since 1970.
 */
export interface Entry {
  /** With its public key, once that is known. */
  readonly id: PeerId
  /**
   * Certified ones, from the peer's own signed record, before the others. Neither displaces the other: hearsay must
   * not push out what the peer itself said.
   */
  readonly addresses: readonly StoredAddress[]
  /** Sorted, each once. */
  readonly protocols: readonly string[]
  readonly metadata: ReadonlyMap<string, Uint8Array>
  readonly tags: ReadonlyMap<string, StoredTag>
  readonly peerRecordEnvelope?: Uint8Array
  readonly updatedAt: number
}

export interface StoredAddress extends Readonly<Address> {
  readonly expiresAt: number
}

export interface StoredTag extends Readonly<Tag> {
  /** Infinity: never. */
  readonly expiresAt: number
}

const NO_LIST: readonly never[] = Object.freeze([])
const NO_MAP: ReadonlyMap<string, never> = new Map<string, never>()

export function emptyEntry(id: PeerId): Entry {
  return {
    id,
    addresses: NO_LIST,
    protocols: NO_LIST,
    metadata: NO_MAP,
    tags: NO_MAP,
    peerRecordEnvelope: undefined,
    updatedAt: 0
  }
}

function isLive({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
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
  return entry.updatedAt + peerTtlMs <= now && !entry.addresses.some(address => isLive(address, now))
}

/** Addresses good until `moment` at least. The same object when they are. */
export function extendAddresses(entry: Entry, moment: number): Entry {
  if (entry.addresses.every(({ expiresAt }) => expiresAt >= moment)) return entry
  const addresses = entry.addresses.map(address =>
    address.expiresAt >= moment ? address : Object.freeze({ ...address, expiresAt: moment })
  )
  return Object.freeze({ ...entry, addresses: Object.freeze(addresses) })
}

/** The entry without what has expired; addresses stay where `isPinned`. The same object when nothing has. */
export function withoutExpired(entry: Entry, isPinned: boolean, now: number): Entry {
  if (expiryOf(entry, isPinned) > now) return entry
  const { addresses, tags } = entry
  return Object.freeze({
    ...entry,
    addresses: isPinned ? addresses : Object.freeze(addresses.filter(address => isLive(address, now))),
    tags: new Map([...tags].filter(([, tag]) => isLive(tag, now)))
  })
}

/** When the first part of the entry expires. */
export function expiryOf(entry: Entry, isPinned: boolean): number {
  let first = Number.POSITIVE_INFINITY
  for (const { expiresAt } of entry.tags.values()) if (expiresAt < first) first = expiresAt
  if (isPinned) return first
  for (const { expiresAt } of entry.addresses) if (expiresAt < first) first = expiresAt
  return first
}

/** The entry as its readers see it: shared and frozen, though the ecosystem's type cannot say so. */
export function asPeer(entry: Entry): Peer {
  return entry as unknown as Peer
}

/** A peer that its reader may change. */
export function copyOf({ id, addresses, protocols, metadata, tags, peerRecordEnvelope }: Peer): Peer {
  return {
    id,
    addresses: addresses.map(({ multiaddr, isCertified, source }) =>
      source === undefined ? { multiaddr, isCertified } : { multiaddr, isCertified, source }
    ),
    protocols: [...protocols],
    metadata: new Map(metadata),
    tags: new Map(Array.from(tags, ([name, { value }]) => [name, { value }])),
    peerRecordEnvelope
  }
}

/** Whether the id holds its key, which is not parsed to find out. */
export function inlinesKey(id: PeerId): boolean {
  return id.type === 'Ed25519' || id.type === 'secp256k1'
}
