import { fromUtf8 } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import type { PeerId } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes } from '@ts-libp2p/peer-id'
import { type Contact, contactOf } from '../src/contact.ts'

/** The id of a key that nobody has. */
export function idOf(name: string | number): PeerId {
  const bytes = new Uint8Array(34)
  bytes.set([0x12, 0x20])
  bytes.set(sha256(fromUtf8(`peer ${name}`)), 2)
  return peerIdFromBytes(bytes)
}

/** A peer with one address, on a network of its own unless one is given. */
export function peer(name: string | number, address = '/ip4/127.0.0.1/tcp/4001'): Contact {
  return contactOf(idOf(name), [multiaddr(address)])
}

export function peers(count: number, from = 0): Contact[] {
  return Array.from({ length: count }, (_, i) => peer(from + i))
}

export function names(contacts: readonly Contact[]): string[] {
  return contacts.map(({ name }) => name)
}
