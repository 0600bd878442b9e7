import type { Multiaddr, PeerId } from '@ts-libp2p/interface'
import { multiaddr, peerIdOf } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { MAX_ADDRESSES_PER_PEER, MAX_TXT_BYTES } from './limits.ts'
import { canonical, isBelow, isLabel, isName, type ServiceNames } from './names.ts'
import type { Packet, Resource } from './packet.ts'

/** A peer as a packet tells of it. */
export interface ToldPeer {
  readonly id: PeerId
  readonly addresses: readonly Multiaddr[]
  /** 0 says that it has left. */
  readonly ttlSeconds: number
}

const PREFIX = 'dnsaddr='

/**
 * The peers in a response. TXT records are taken from the answers, where js-libp2p puts them, and from the additional
 * records, where the spec, go and rust have them; one for all addresses or one for each. An instance that names several
 * peers is none: it is left out.
 */
export function readPeers(packet: Packet, names: ServiceNames, ownInstance: string): ToldPeer[] {
  const records = [...packet.answers, ...packet.additionals]
  const instances = new Map<string, number>()
  for (const record of records) {
    if (record.type === 'PTR' && isAbout(record, names) && !isName(record.target, ownInstance)) {
      instances.set(canonical(record.target), record.ttlSeconds)
    }
  }
  return [...instances].flatMap(([instance, ttlSeconds]) => readInstance(records, instance, ttlSeconds))
}

/**
 * A pointer of the service, or of one of its subtypes, to an instance: a name below the service, or, as rust-libp2p has
 * it, one that is below nothing.
 */
function isAbout({ name, target }: Extract<Resource, { type: 'PTR' }>, { peers }: ServiceNames): boolean {
  const isService = isName(name, peers) || canonical(name).endsWith(`._sub.${canonical(peers)}`)
  return isService && (isBelow(target, peers) || isLabel(target))
}

function readInstance(records: readonly Resource[], instance: string, ttlSeconds: number): ToldPeer[] {
  const addresses = new Map<string, Multiaddr>()
  const ids = new Set<string>()
  for (const record of records) {
    if (record.type !== 'TXT' || canonical(record.name) !== instance) continue
    for (const address of record.strings.flatMap(readAddress)) {
      ids.add(peerIdOf(address) as string)
      if (addresses.size < MAX_ADDRESSES_PER_PEER) addresses.set(address.toString(), address)
    }
  }
  const [id, ...others] = ids
  return id === undefined || others.length > 0 ? [] : withId(id, [...addresses.values()], ttlSeconds)
}

function withId(id: string, addresses: Multiaddr[], ttlSeconds: number): ToldPeer[] {
  try {
    return [{ id: peerIdFromString(id), addresses, ttlSeconds }]
  } catch {
    return []
  }
}

/** An address that names its peer. */
function readAddress(bytes: Uint8Array): Multiaddr[] {
  if (bytes.byteLength > MAX_TXT_BYTES) return []
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.startsWith(PREFIX)) return []
    const address = multiaddr(text.slice(PREFIX.length))
    return peerIdOf(address) === undefined ? [] : [address]
  } catch {
    return []
  }
}
