import {
  InvalidParametersError,
  isMultiaddr,
  type Multiaddr,
  type PeerData,
  type PeerId,
  type TagOptions
} from '@ts-libp2p/interface'
import { peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { PeerRecord, payloadOf } from '@ts-libp2p/record/peer-records'
import { MAX_ADDRESS_BYTES, MAX_GIVEN_ADDRESSES, MAX_NAME_CHARS, MAX_PROTOCOL_CHARS, MAX_TAG_VALUE } from './limits.ts'

/** 421 as a varint. */
const P2P_CODE = [0xa5, 0x03] as const

/** Addresses as a caller gave them, checked, without the peer's own id at their end. */
export interface GivenAddresses {
  readonly signed: readonly Multiaddr[]
  readonly unsigned: readonly Multiaddr[]
}

/**
 * The addresses in `data`; undefined when it names none. Those that lead to another peer or are over-long are left
 * out: they come from strangers, and one bad address must not cost the good ones beside it.
 */
export function givenAddresses(id: PeerId, data: PeerData): GivenAddresses | undefined {
  if (data.addresses == null && data.multiaddrs == null) return undefined
  const ofKind = (isCertified: boolean): Multiaddr[] =>
    (data.addresses ?? [])
      .filter(address => Boolean(address.isCertified) === isCertified)
      .map(({ multiaddr }) => multiaddr)
  return {
    signed: ownAddresses(id, ofKind(true)),
    unsigned: ownAddresses(id, ofKind(false).concat(data.multiaddrs ?? []))
  }
}

/** Those addresses that lead to this peer, without its id at their end. */
export function ownAddresses(id: PeerId, addresses: readonly Multiaddr[]): Multiaddr[] {
  const self = id.toString()
  return addresses.slice(0, MAX_GIVEN_ADDRESSES).flatMap(address => {
    if (!isMultiaddr(address)) throw new InvalidParametersError(`an address of ${id} is not a multiaddr`)
    return ownAddress(self, address)
  })
}

function ownAddress(self: string, address: Multiaddr): Multiaddr[] {
  if (address.bytes.byteLength > MAX_ADDRESS_BYTES || address.bytes.byteLength === 0) return []
  if (!mayNamePeer(address.bytes)) return [address]
  try {
    const target = peerIdOf(address)
    if (target !== undefined && target !== self) return []
    const bare = target === undefined ? address : withoutPeerId(address)
    return bare.bytes.byteLength === 0 ? [] : [bare]
  } catch {
    // Another implementation's multiaddr with protocols that we have not heard of: nothing here could dial it.
    return []
  }
}

/**
 * Whether the code of `p2p` is anywhere in the bytes. Where it is not, the address need not be parsed: the parsed form
 * would stay with it, and take more memory than all else that is stored of a peer.
 */
function mayNamePeer(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(P2P_CODE[0]); at >= 0; at = bytes.indexOf(P2P_CODE[0], at + 1)) {
    if (bytes[at + 1] === P2P_CODE[1]) return true
  }
  return false
}

/**
 * The envelope, copied; its signature is not checked. Throws an `InvalidParametersError` unless it holds a record of
 * this peer.
 */
export function givenEnvelope(id: PeerId, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes)
  const { peerId } = recordIn(copy)
  if (peerId.toString() === id.toString()) return copy
  throw new InvalidParametersError(`the envelope given for ${id} holds a record of ${peerId}`)
}

function recordIn(envelope: Uint8Array): PeerRecord {
  try {
    return PeerRecord.decode(payloadOf(envelope))
  } catch (cause) {
    throw new InvalidParametersError('the envelope given does not hold a peer record', { cause })
  }
}

/** Protocols sorted, each once; over-long ones left out. */
export function givenProtocols(protocols: readonly string[]): string[] {
  return [...new Set(protocols)].filter(name => name.length <= MAX_PROTOCOL_CHARS).sort()
}

export function givenMetadata(metadata: NonNullable<PeerData['metadata']>): [string, Uint8Array | undefined][] {
  return entriesOf(metadata).map(([key, value]) => {
    checkName('metadata key', key)
    if (value == null) return [key, undefined]
    if (!(value instanceof Uint8Array)) throw new InvalidParametersError(`metadata ${key} is not a Uint8Array`)
    return [key, new Uint8Array(value)]
  })
}

export function givenTags(tags: NonNullable<PeerData['tags']>): [string, TagOptions | undefined][] {
  return entriesOf(tags).map(([name, tag]) => {
    checkName('tag', name)
    if (tag == null) return [name, undefined]
    checkTag(name, tag)
    return [name, tag]
  })
}

function checkTag(name: string, { value = 0, ttl = 0 }: TagOptions): void {
  if (!Number.isInteger(value) || value < 0 || value > MAX_TAG_VALUE) {
    throw new InvalidParametersError(`the value of tag ${name} is an integer from 0 to ${MAX_TAG_VALUE}, not ${value}`)
  }
  if (!Number.isFinite(ttl) || ttl < 0) {
    throw new InvalidParametersError(`the ttl of tag ${name} is in milliseconds, not ${ttl}`)
  }
}

function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && name.length <= MAX_NAME_CHARS) return
  throw new InvalidParametersError(`a ${what} is a string of up to ${MAX_NAME_CHARS} characters`)
}

function entriesOf<Value>(map: Map<string, Value> | { [key: string]: Value }): [string, Value][] {
  return map instanceof Map ? [...map] : Object.entries(map)
}
