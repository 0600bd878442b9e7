import { bytesEqual } from '@ts-libp2p/bytes'
import { InvalidParametersError, type Multiaddr, type PeerData, type PeerId } from '@ts-libp2p/interface'
import { matchesPublicKey, peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { type Entry, emptyEntry, type StoredAddress, type StoredTag, withoutExpired } from './entry.ts'
import { PeerStoreError } from './errors.ts'
import { type GivenAddresses, givenEnvelope, givenMetadata, givenProtocols, givenTags } from './given.ts'
import { MAX_ADDRESSES_PER_PEER, MAX_ENTRIES_PER_PEER, MAX_METADATA_BYTES, MAX_PROTOCOLS_PER_PEER } from './limits.ts'

/** `save` replaces everything, `patch` the fields given, `merge` adds to them. */
export type Strategy = 'save' | 'patch' | 'merge'

export interface UpdateContext {
  readonly now: number
  /** When addresses given now expire. */
  readonly expiresAt: number
  /** Self, connected or kept: addresses do not expire. */
  readonly isPinned: boolean
}

/**
 * The entry after an update. Throws an `InvalidParametersError` for data that cannot be meant and a `PeerStoreError`
 * (`too-large`) for metadata or tags over the limits; too many addresses or protocols are cut instead, because they
 * come from the peer itself.
 */
export function updateEntry(
  id: PeerId,
  previous: Entry | undefined,
  data: PeerData,
  given: GivenAddresses | undefined,
  strategy: Strategy,
  context: UpdateContext
): Entry {
  const known = previous === undefined ? emptyEntry(id) : withoutExpired(previous, context.isPinned, context.now)
  const base = strategy === 'save' ? emptyEntry(known.id) : known
  return {
    ...base,
    ...(given && mixAddresses(base, given, strategy, context.expiresAt)),
    id: withKey(known.id, data),
    protocols: mixProtocols(base, data, strategy),
    metadata: mixMetadata(base, data, strategy),
    tags: mixTags(base, data, strategy, context.now),
    envelope: data.peerRecordEnvelope ? givenEnvelope(id, data.peerRecordEnvelope) : base.envelope,
    updatedAt: context.now
  }
}

/** The entry with the addresses of a signed record in place of those of the record before. */
export function withRecord(
  id: PeerId,
  previous: Entry | undefined,
  addresses: readonly Multiaddr[],
  envelope: Uint8Array,
  context: UpdateContext
): Entry {
  const base = previous === undefined ? emptyEntry(id) : withoutExpired(previous, context.isPinned, context.now)
  const signed = replaced(addresses, context.expiresAt)
  return {
    ...base,
    id,
    signed,
    unsigned: without(base.unsigned, signed),
    envelope: new Uint8Array(envelope),
    updatedAt: context.now
  }
}

// An unsigned list never displaces signed addresses: only the peer itself takes those back, with a newer record.
function mixAddresses(
  base: Entry,
  given: GivenAddresses,
  strategy: Strategy,
  expiresAt: number
): Pick<Entry, 'signed' | 'unsigned'> {
  const signed =
    strategy === 'merge' || given.signed.length === 0
      ? added(base.signed, given.signed, expiresAt)
      : replaced(given.signed, expiresAt)
  const unsigned =
    strategy === 'merge' ? added(base.unsigned, given.unsigned, expiresAt) : replaced(given.unsigned, expiresAt)
  return { signed: refreshed(signed, given.unsigned, expiresAt), unsigned: without(unsigned, signed) }
}

function replaced(given: readonly Multiaddr[], expiresAt: number): readonly StoredAddress[] {
  return added([], given, expiresAt)
}

/** Adds addresses behind those known; over the limit, those that expire first make room. */
function added(
  known: readonly StoredAddress[],
  given: readonly Multiaddr[],
  expiresAt: number
): readonly StoredAddress[] {
  if (given.length === 0) return known
  const all = [...refreshed(known, given, expiresAt)]
  for (const multiaddr of given.slice(0, MAX_ADDRESSES_PER_PEER))
    if (indexOf(all, multiaddr) < 0) all.push({ multiaddr, expiresAt })
  return all.length <= MAX_ADDRESSES_PER_PEER ? all : longestLived(all)
}

/** Stable: of two that expire together, the one known longer makes room. */
function longestLived(all: readonly StoredAddress[]): StoredAddress[] {
  const dropped = all.length - MAX_ADDRESSES_PER_PEER
  const doomed = new Set([...all].sort((a, b) => a.expiresAt - b.expiresAt).slice(0, dropped))
  return all.filter(address => !doomed.has(address))
}

function refreshed(
  known: readonly StoredAddress[],
  given: readonly Multiaddr[],
  expiresAt: number
): readonly StoredAddress[] {
  return known.map(address =>
    address.expiresAt < expiresAt && given.some(ma => bytesEqual(ma.bytes, address.multiaddr.bytes))
      ? { multiaddr: address.multiaddr, expiresAt }
      : address
  )
}

function without(from: readonly StoredAddress[], taken: readonly StoredAddress[]): readonly StoredAddress[] {
  if (from.length === 0 || taken.length === 0) return from
  return from.filter(({ multiaddr }) => indexOf(taken, multiaddr) < 0)
}

function indexOf(addresses: readonly StoredAddress[], { bytes }: Multiaddr): number {
  return addresses.findIndex(({ multiaddr }) => bytesEqual(multiaddr.bytes, bytes))
}

function mixProtocols(base: Entry, { protocols }: PeerData, strategy: Strategy): readonly string[] {
  if (protocols === undefined) return base.protocols
  const mixed = givenProtocols(strategy === 'merge' ? [...base.protocols, ...protocols] : protocols)
  if (mixed.length === base.protocols.length && mixed.every((name, i) => name === base.protocols[i])) {
    return base.protocols
  }
  return Object.freeze(mixed.slice(0, MAX_PROTOCOLS_PER_PEER))
}

function mixMetadata(base: Entry, { metadata }: PeerData, strategy: Strategy): Entry['metadata'] {
  if (metadata === undefined) return base.metadata
  const mixed = new Map(strategy === 'merge' ? base.metadata : [])
  for (const [key, value] of givenMetadata(metadata)) {
    if (value === undefined) mixed.delete(key)
    else mixed.set(key, value)
  }
  checkMetadata(base.id, mixed)
  return mixed
}

function mixTags(base: Entry, { tags }: PeerData, strategy: Strategy, now: number): Entry['tags'] {
  if (tags === undefined) return base.tags
  const mixed = new Map(strategy === 'merge' ? base.tags : [])
  for (const [name, tag] of givenTags(tags)) {
    if (tag === undefined) mixed.delete(name)
    else mixed.set(name, storedTag(tag.value ?? 0, tag.ttl, now))
  }
  checkCount(base.id, 'tags', mixed.size)
  return mixed
}

function storedTag(value: number, ttl: number | undefined, now: number): StoredTag {
  return { value, expiresAt: ttl === undefined ? Number.POSITIVE_INFINITY : now + ttl }
}

function checkMetadata(id: PeerId, metadata: Map<string, Uint8Array>): void {
  checkCount(id, 'metadata entries', metadata.size)
  let total = 0
  for (const [key, value] of metadata) total += key.length + value.byteLength
  if (total <= MAX_METADATA_BYTES) return
  throw new PeerStoreError('too-large', `${total} bytes of metadata for ${id} are over ${MAX_METADATA_BYTES}`)
}

function checkCount(id: PeerId, what: string, count: number): void {
  if (count <= MAX_ENTRIES_PER_PEER) return
  throw new PeerStoreError('too-large', `${count} ${what} for ${id} are over ${MAX_ENTRIES_PER_PEER}`)
}

/** An id that is the hash of its key learns it here. */
function withKey(id: PeerId, { publicKey }: PeerData): PeerId {
  if (publicKey === undefined) return id
  if (!matchesPublicKey(id, publicKey)) throw new InvalidParametersError(`the public key given is not that of ${id}`)
  return id.publicKey === undefined ? peerIdFromPublicKey(publicKey) : id
}
