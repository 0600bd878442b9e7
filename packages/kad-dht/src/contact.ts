import { bytesEqual } from '@ts-libp2p/bytes'
import type { Multiaddr, PeerId, PeerInfo } from '@ts-libp2p/interface'
import { multiaddr, peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { CUSTOMER, groupsOf } from './groups.ts'
import { headOf, type Key, keyOf } from './key.ts'
import { MAX_ADDR_BYTES, MAX_ADDRS, MAX_ADDRS_READ, MAX_REMEMBERED_CONTACTS, MAX_SENT_PEER_BYTES } from './limits.ts'
import { Peer as Wire } from './pb/dht.js'
import { endOfFields } from './wire/message.ts'

/** A peer as the DHT sees it. A contact with other addresses is another object. */
export interface Contact extends PeerInfo {
  readonly id: PeerId
  /** The id as text: the key of every map. */
  readonly name: string
  readonly key: Key
  /** The first 32 bits of the key, which tell nearly all places apart. */
  readonly head: number
  readonly multiaddrs: Multiaddr[]
  /** The network that it is in, where that counts for lookups. */
  readonly group: string | undefined
  /** It as it is told to others. */
  wire(isConnected: boolean): Uint8Array
}

/** Changes what is known of a peer before it is used or told to others, e.g. takes addresses away. */
export type PeerInfoMapper = (peer: PeerInfo) => PeerInfo

/** `addresses` are without the peer's id at their end. */
export function contactOf(id: PeerId, addresses: readonly Multiaddr[]): Contact {
  return new KnownContact(id, addresses.slice(0, MAX_ADDRS))
}

/** What is asked for again and again is made once, when it is asked for first. */
class KnownContact implements Contact {
  readonly id: PeerId
  readonly name: string
  readonly key: Key
  readonly head: number
  readonly multiaddrs: Multiaddr[]
  private customer: string | undefined | null = null
  private plain: Uint8Array | undefined
  private connected: Uint8Array | undefined

  constructor(id: PeerId, multiaddrs: Multiaddr[]) {
    this.id = id
    this.name = id.toString()
    this.key = keyOf(peerIdToBytes(id))
    this.head = headOf(this.key)
    this.multiaddrs = multiaddrs
  }

  get group(): string | undefined {
    if (this.customer === null) this.customer = groupsOf(this.multiaddrs, CUSTOMER)[0]
    return this.customer
  }

  wire(isConnected: boolean): Uint8Array {
    if (isConnected) this.connected ??= encodePeer(this, true)
    else this.plain ??= encodePeer(this)
    return (isConnected ? this.connected : this.plain) as Uint8Array
  }
}

/** A peer in its wire form, small enough for k of them to fit into an answer: the first addresses that fit. */
export function encodePeer({ id, multiaddrs }: PeerInfo, isConnected = false): Uint8Array {
  const idBytes = peerIdToBytes(id)
  let left = MAX_SENT_PEER_BYTES - idBytes.byteLength
  const addrs: Uint8Array[] = []
  for (const { bytes } of multiaddrs) {
    if (bytes.byteLength + 3 > left) continue
    left -= bytes.byteLength + 3
    addrs.push(bytes)
  }
  return Wire.encode({ id: idBytes, addrs, connection: isConnected ? 1 : 0 }).finish()
}

/** Those peers of an answer that can be used, parsed. Those met before are not parsed again. */
export class Contacts {
  private readonly mapper: PeerInfoMapper
  /** By a number that is made of some of their bytes: of two with the same number the later stays. */
  private readonly known = new Map<number, Known>()
  private readonly limit: number

  constructor(mapper: PeerInfoMapper, limit: number = MAX_REMEMBERED_CONTACTS) {
    this.mapper = mapper
    this.limit = limit
  }

  /** Undefined for a peer that cannot be read, or has addresses of which none may be used. */
  read(wire: Uint8Array): Contact | undefined {
    if (wire.byteLength > MAX_REMEMBERED_PEER_BYTES) return this.parse(wire)
    const mark = markOf(wire)
    const known = this.known.get(mark)
    if (known !== undefined && bytesEqual(known.wire, wire)) return known.contact
    const contact = this.parse(wire)
    // Copied: the rest of the answer must not live as long.
    this.known.set(mark, { wire: wire.slice(), contact })
    if (this.known.size > this.limit) this.forgetOldest()
    return contact
  }

  readAll(wires: readonly Uint8Array[]): Contact[] {
    const contacts: Contact[] = []
    for (const wire of wires) {
      const contact = this.read(wire)
      if (contact !== undefined) contacts.push(contact)
    }
    return contacts
  }

  /** The contact with those of its addresses that may be used; undefined when it had some and none is left. */
  usable(id: PeerId, addresses: readonly Multiaddr[]): Contact | undefined {
    const { multiaddrs } = this.mapper({ id, multiaddrs: [...addresses] })
    return multiaddrs.length === 0 && addresses.length > 0 ? undefined : contactOf(id, multiaddrs)
  }

  private parse(wire: Uint8Array): Contact | undefined {
    try {
      const { id, addrs } = decodePeer(wire)
      const peer = peerIdFromBytes(id)
      return this.usable(peer, readAddresses(addrs, peer))
    } catch {
      return undefined
    }
  }

  private forgetOldest(): void {
    for (const mark of this.known.keys()) {
      this.known.delete(mark)
      return
    }
  }
}

interface Known {
  readonly wire: Uint8Array
  readonly contact: Contact | undefined
}

/** 32 bits of the length, the last bytes and a few of those between, which differ with the id and with the addresses. */
function markOf(wire: Uint8Array): number {
  const { byteLength } = wire
  let mark = byteLength
  for (let i = Math.max(0, byteLength - 12); i < byteLength; i++) mark = Math.imul(mark, 31) + (wire[i] as number)
  for (let i = 8; i < 24 && i < byteLength; i++) mark = Math.imul(mark, 31) + (wire[i] as number)
  return mark | 0
}

/** Wire forms above are parsed each time: a few kilobytes each would be megabytes of map. */
const MAX_REMEMBERED_PEER_BYTES = 1024

/** Of a peer with thousands of addresses the first are read. */
function decodePeer(wire: Uint8Array): { id: Uint8Array; addrs: readonly Uint8Array[] } {
  return Wire.decode(wire.subarray(0, endOfFields(wire, MAX_ADDRS_READ + 2)))
}

/** The addresses that lead to this peer, as far as they can be read, without its id at their end. */
function readAddresses(list: readonly Uint8Array[], peer: PeerId): Multiaddr[] {
  const addresses: Multiaddr[] = []
  for (const bytes of list) {
    if (addresses.length === MAX_ADDRS) break
    const address = readAddress(bytes, peer)
    if (address !== undefined) addresses.push(address)
  }
  return addresses
}

function readAddress(bytes: Uint8Array, peer: PeerId): Multiaddr | undefined {
  if (bytes.byteLength === 0 || bytes.byteLength > MAX_ADDR_BYTES) return undefined
  try {
    // Copied: the rest of the answer must not live as long as the address.
    const address = multiaddr(bytes.slice())
    const target = peerIdOf(address)
    if (target === undefined) return address
    return target === peer.toString() ? withoutPeerId(address) : undefined
  } catch {
    return undefined
  }
}
