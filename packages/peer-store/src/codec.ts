import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { PeerId, PublicKey } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import {
  matchesPublicKey,
  peerIdFromBytes,
  peerIdFromPublicKey,
  peerIdFromString,
  peerIdToBytes
} from '@ts-libp2p/peer-id'
import { Key } from 'interface-datastore'
import { originOf } from './address-list.ts'
import type { Entry, StoredAddress, StoredTag } from './entry.ts'
import { PeerStoreError } from './errors.ts'
import { givenProtocols } from './given.ts'
import { MAX_ADDRESSES_PER_PEER, MAX_ENTRIES_PER_PEER, MAX_PROTOCOLS_PER_PEER } from './limits.ts'
import { type Address, Peer as PeerMessage, type TagEntry } from './pb/peer.js'

/** Where peers lie in the datastore; js-libp2p has them in the same place. */
export const PREFIX = '/peers/'

/** The format that this version writes, and the newest it reads. */
const FORMAT_VERSION = 1

/** The peer's key: its CID in base32, which also survives file systems that ignore case. */
export function datastoreKey(id: PeerId): Key {
  // Of a throw-away twin: an id keeps the CID it was asked for, and so would every peer in memory.
  return new Key(PREFIX + peerIdFromBytes(peerIdToBytes(id)).toCID().toString())
}

/** Undefined for a key that is not one of ours. */
export function peerIdOfKey(key: Key): PeerId | undefined {
  const text = key.toString()
  if (!text.startsWith(PREFIX)) return undefined
  try {
    return peerIdFromString(text.slice(PREFIX.length))
  } catch {
    return undefined
  }
}

/** Times are cut to milliseconds. */
export function encodeEntry(entry: Entry): Uint8Array<ArrayBuffer> {
  const message: PeerMessage.$Properties = {
    addresses: entry.addresses.map(addressMessage),
    protocols: [...entry.protocols],
    publicKey:
      inlinesKey(entry.id) || entry.id.publicKey === undefined ? null : publicKeyToProtobuf(entry.id.publicKey),
    peerRecordEnvelope: entry.peerRecordEnvelope,
    metadata: [...entry.metadata].map(([key, value]) => ({ key, value })),
    tags: [...entry.tags].map(([key, tag]) => tagMessage(key, tag)),
    updated: Math.floor(entry.updatedAt),
    version: FORMAT_VERSION
  }
  // Copied out of the pool that the writer allocates from: a datastore in memory would keep all of it.
  return new Uint8Array(PeerMessage.encode(message).finish())
}

/**
 * Reads a stored peer. Throws a `PeerStoreError`: `corrupt-entry`, or `unknown-entry` for one that a newer version
 * wrote. Single addresses that cannot be read, and what is over the limits of today, are left out.
 */
export function decodeEntry(id: PeerId, bytes: Uint8Array, addressTtlMs: number): Entry {
  const message = decodeMessage(id, bytes)
  if (message.version > FORMAT_VERSION) {
    throw new PeerStoreError('unknown-entry', `peer ${id} is stored in format ${message.version} of a newer version`)
  }
  const addresses = message.addresses.slice(0, 2 * MAX_ADDRESSES_PER_PEER).flatMap(a => readAddress(a, addressTtlMs))
  const envelope = message.peerRecordEnvelope
  return Object.freeze({
    id: withKey(id, message.publicKey),
    addresses: Object.freeze(addresses.sort((a, b) => Number(b.isCertified) - Number(a.isCertified))),
    protocols: Object.freeze(givenProtocols(message.protocols).slice(0, MAX_PROTOCOLS_PER_PEER)),
    metadata: new Map(firstOf(message.metadata).map(({ key, value }) => [key ?? '', new Uint8Array(value ?? [])])),
    tags: new Map(firstOf(message.tags).map(readTag)),
    peerRecordEnvelope: envelope.byteLength > 0 ? new Uint8Array(envelope) : undefined,
    updatedAt: toNumber(message.updated)
  })
}

function decodeMessage(id: PeerId, bytes: Uint8Array): PeerMessage & { version: number } {
  try {
    // A view without Node's Buffer, whose parts would be Buffers too.
    const message = PeerMessage.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return message as PeerMessage & { version: number }
  } catch (cause) {
    const what = `stored peer ${id} cannot be read: ${bytes.byteLength} bytes of broken protobuf`
    throw new PeerStoreError('corrupt-entry', what, { cause })
  }
}

function addressMessage({ multiaddr, isCertified, expiresAt, source }: StoredAddress): Address.$Properties {
  return { multiaddr: multiaddr.bytes, isCertified, expires: Math.floor(expiresAt), source }
}

function tagMessage(key: string, { value, expiresAt }: StoredTag): TagEntry.$Properties {
  return { key, value: { value, expiry: Number.isFinite(expiresAt) ? Math.floor(expiresAt) : null } }
}

function readAddress(address: Address.$Properties, addressTtlMs: number): StoredAddress[] {
  const expires = toNumber(address.expires)
  const expiresAt = expires > 0 ? expires : toNumber(address.observed) + addressTtlMs
  try {
    const origin = originOf(expiresAt, address.source === '' ? undefined : (address.source ?? undefined))
    return [
      Object.freeze({ multiaddr: multiaddr(address.multiaddr), isCertified: address.isCertified === true, ...origin })
    ]
  } catch {
    return []
  }
}

function readTag({ key, value }: TagEntry.$Properties): [string, StoredTag] {
  const expiry = toNumber(value?.expiry)
  return [key ?? '', { value: value?.value ?? 0, expiresAt: expiry > 0 ? expiry : Number.POSITIVE_INFINITY }]
}

function firstOf<T>(list: readonly T[]): readonly T[] {
  return list.slice(0, MAX_ENTRIES_PER_PEER)
}

function withKey(id: PeerId, bytes: Uint8Array): PeerId {
  if (inlinesKey(id) || bytes.byteLength === 0) return id
  const key = readKey(id, bytes)
  if (matchesPublicKey(id, key)) return peerIdFromPublicKey(key)
  throw new PeerStoreError('corrupt-entry', `stored peer ${id} has the key of another peer`)
}

function readKey(id: PeerId, bytes: Uint8Array): PublicKey {
  try {
    return publicKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new PeerStoreError('corrupt-entry', `stored peer ${id} has an unusable key`, { cause })
  }
}

function inlinesKey(id: PeerId): boolean {
  return id.type === 'Ed25519' || id.type === 'secp256k1'
}

/** Milliseconds fit a double; protobufjs gives 64-bit numbers in two halves where the `long` package is at hand. */
function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  const halves = value as { low: number; high: number } | null | undefined
  return halves === null || halves === undefined ? 0 : (halves.high >>> 0) * 2 ** 32 + (halves.low >>> 0)
}
