import { InvalidParametersError, type Multiaddr, type PeerData, type PeerId } from '@ts-libp2p/interface'
import { matchesPublicKey, peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { type AddressOrigin, certifiedAnew, mixAddresses } from './address-list.ts'
import { type Entry, emptyEntry, inlinesKey, type StoredTag } from './entry.ts'
import { PeerStoreError } from './errors.ts'
import { type GivenAddresses, givenEnvelope, givenMetadata, givenProtocols, givenTags } from './given.ts'
import { MAX_ENTRIES_PER_PEER, MAX_METADATA_BYTES, MAX_PROTOCOLS_PER_PEER } from './limits.ts'

/** `save` replaces everything, `patch` the fields given, `merge` adds to them. */
export type Strategy = 'save' | 'patch' | 'merge'

/** Milliseconds since 1970. */
export interface UpdateTimes {
  readonly now: number
  /** What is said of the addresses given now: when they expire, who told of them. */
  readonly origin: AddressOrigin
}

/**
 * The entry after an update. Throws an `InvalidParametersError` for data that cannot be meant and a `PeerStoreError`
 * (`too-large`) for metadata or tags over the limits; too many addresses or protocols are cut instead, because they
 * come from the peer itself.
 */
export function updateEntry(
  id: PeerId,
  known: Entry | undefined,
  data: PeerData,
  given: GivenAddresses | undefined,
  strategy: Strategy,
  times: UpdateTimes
): Entry {
  const base = known === undefined || strategy === 'save' ? emptyEntry(known?.id ?? id) : known
  const envelope = data.peerRecordEnvelope
  return Object.freeze({
    id: withKey(base.id, data),
    addresses: given ? mixAddresses(base.addresses, given, strategy === 'merge', times.origin) : base.addresses,
    protocols: mixProtocols(base, data, strategy),
    metadata: mixMetadata(base, data, strategy),
    tags: mixTags(base, data, strategy, times.now),
    peerRecordEnvelope: envelope ? givenEnvelope(id, envelope) : base.peerRecordEnvelope,
    updatedAt: times.now
  })
}

/** The entry with the addresses of a signed record in place of those of the record before. `id` has the key. */
export function withRecord(
  id: PeerId,
  known: Entry | undefined,
  addresses: readonly Multiaddr[],
  peerRecordEnvelope: Uint8Array,
  times: UpdateTimes
): Entry {
  const base = known ?? emptyEntry(id)
  return Object.freeze({
    ...base,
    id,
    addresses: certifiedAnew(base.addresses, addresses, times.origin),
    peerRecordEnvelope,
    updatedAt: times.now
  })
}

function mixProtocols(base: Entry, { protocols }: PeerData, strategy: Strategy): readonly string[] {
  if (protocols == null) return base.protocols
  const mixed = givenProtocols(strategy === 'merge' ? [...base.protocols, ...protocols] : protocols)
  if (mixed.length === base.protocols.length && mixed.every((name, i) => name === base.protocols[i])) {
    return base.protocols
  }
  return Object.freeze(mixed.slice(0, MAX_PROTOCOLS_PER_PEER))
}

function mixMetadata(base: Entry, { metadata }: PeerData, strategy: Strategy): Entry['metadata'] {
  if (metadata == null) return base.metadata
  const mixed = new Map(strategy === 'merge' ? base.metadata : [])
  for (const [key, value] of givenMetadata(metadata)) {
    if (value === undefined) mixed.delete(key)
    else mixed.set(key, value)
  }
  checkMetadata(base.id, mixed)
  return mixed
}

function mixTags(base: Entry, { tags }: PeerData, strategy: Strategy, now: number): Entry['tags'] {
  if (tags == null) return base.tags
  const mixed = new Map(strategy === 'merge' ? base.tags : [])
  for (const [name, tag] of givenTags(tags)) {
    if (tag === undefined) mixed.delete(name)
    else mixed.set(name, storedTag(tag.value ?? 0, tag.ttl, now))
  }
  checkCount(base.id, 'tags', mixed.size)
  return mixed
}

function storedTag(value: number, ttl: number | undefined, now: number): StoredTag {
  return { value, expiresAt: ttl == null ? Number.POSITIVE_INFINITY : now + ttl }
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
  if (publicKey == null) return id
  if (!matchesPublicKey(id, publicKey)) throw new InvalidParametersError(`the public key given is not that of ${id}`)
  return inlinesKey(id) || id.publicKey !== undefined ? id : peerIdFromPublicKey(publicKey)
}
