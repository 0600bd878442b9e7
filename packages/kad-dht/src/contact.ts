import type { Multiaddr, PeerId, PeerInfo } from '@ts-libp2p/interface'
import { multiaddr, peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { type Key, keyOf } from './key.ts'
import { MAX_ADDR_BYTES, MAX_ADDRS, MAX_ADDRS_READ, MAX_REMEMBERED_CONTACTS, MAX_SENT_PEER_BYTES } from './limits.ts'
import { Peer as Wire } from './pb/dht.js'
import { latin1 } from './wire/latin1.ts'
import { endOfFields } from './wire/message.ts'

/** A peer as the DHT sees it. A contact with other addresses is another object. */
export interface Contact extends PeerInfo {
  readonly id: PeerId
  /** The id as text: the key of every map. */
  readonly name: string
  readonly key: Key
  readonly multiaddrs: Multiaddr[]
}

/** Changes what is known of a peer before it is used or told to others, e.g. takes addresses away. */
export type PeerInfoMapper = (peer: PeerInfo) => PeerInfo

/** `addresses` are without the peer's id at their end. */
export function contactOf(id: PeerId, addresses: readonly Multiaddr[]): Contact {
  return { id, name: id.toString(), key: keyOf(peerIdToBytes(id)), multiaddrs: addresses.slice(0, MAX_ADDRS) }
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
  return new Uint8Array(Wire.encode({ id: idBytes, addrs, connection: isConnected ? 1 : 0 }).finish())
}

const wires = new WeakMap<Contact, readonly [plain: Uint8Array, connected: Uint8Array]>()

/** The wire form of a contact, made once. */
export function wireOf(contact: Contact, isConnected: boolean): Uint8Array {
  const known = wires.get(contact)
  const both = known ?? ([encodePeer(contact), encodePeer(contact, true)] as const)
  if (known === undefined) wires.set(contact, both)
  return both[isConnected ? 1 : 0]
}

/** Those peers of an answer that can be used, parsed. Those met before are not parsed again. */
export class Contacts {
  private readonly mapper: PeerInfoMapper
  private readonly known = new Map<string, Contact | undefined>()
  private readonly limit: number

  constructor(mapper: PeerInfoMapper, limit: number = MAX_REMEMBERED_CONTACTS) {
    this.mapper = mapper
    this.limit = limit
  }

  /** Undefined for a peer that cannot be read, or has addresses of which none may be used. */
  read(wire: Uint8Array): Contact | undefined {
    if (wire.byteLength > MAX_REMEMBERED_PEER_BYTES) return this.parse(wire)
    const text = latin1(wire)
    const known = this.known.get(text)
    if (known !== undefined || this.known.has(text)) return known
    const contact = this.parse(wire)
    this.known.set(text, contact)
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
    for (const text of this.known.keys()) {
      this.known.delete(text)
      return
    }
  }
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
