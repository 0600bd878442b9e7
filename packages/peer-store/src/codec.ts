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
import { type Entry, inlinesKey, type StoredAddress, type StoredTag } from './entry.ts'
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
  return PeerMessage.encode({
    addresses: entry.addresses.map(addressMessage),
    protocols: entry.protocols,
    publicKey:
      inlinesKey(entry.id) || entry.id.publicKey === undefined ? null : publicKeyToProtobuf(entry.id.publicKey),
    peerRecordEnvelope: entry.peerRecordEnvelope,
    metadata: [...entry.metadata].map(([key, value]) => ({ key, value })),
    tags: [...entry.tags].map(([key, tag]) => tagMessage(key, tag)),
    updated: Math.floor(entry.updatedAt),
    version: FORMAT_VERSION
  }).finish()
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
    metadata: new Map(firstOf(message.metadata).map(({ key, value }) => [key, new Uint8Array(value)])),
    tags: new Map(firstOf(message.tags).map(readTag)),
    peerRecordEnvelope: envelope.byteLength > 0 ? new Uint8Array(envelope) : undefined,
    updatedAt: Number(message.updated)
  })
}

function decodeMessage(id: PeerId, bytes: Uint8Array): PeerMessage {
  try {
    return PeerMessage.decode(bytes)
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

function readAddress(address: Address, addressTtlMs: number): StoredAddress[] {
  const expires = Number(address.expires)
  const expiresAt = expires > 0 ? expires : Number(address.observed) + addressTtlMs
  try {
    const origin = originOf(expiresAt, address.source || undefined)
    return [Object.freeze({ multiaddr: multiaddr(address.multiaddr), isCertified: address.isCertified, ...origin })]
  } catch {
    return []
  }
}

function readTag({ key, value }: TagEntry): [string, StoredTag] {
  const expiry = Number(value?.expiry ?? 0n)
  return [key, { value: value?.value ?? 0, expiresAt: expiry > 0 ? expiry : Number.POSITIVE_INFINITY }]
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
