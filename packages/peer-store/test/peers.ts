import { fromHex, toHex } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf } from '@ts-libp2p/crypto'
import type { Multiaddr, Peer, PeerId } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { VirtualClock } from '@ts-libp2p/testing'
import { createPeerStore, type PeerBook, type PeerStoreOptions } from '../src/index.ts'

/** The id of an Ed25519 key that nobody holds. */
export function peer(n: number): PeerId {
  const raw = new Uint8Array(32)
  new DataView(raw.buffer).setUint32(0, n)
  return peerIdFromPublicKey(publicKeyFromProtobuf(fromHex(`08011220${toHex(raw)}`)))
}

export const self: PeerId = peer(0)
export const alice: PeerId = peer(1)
export const bob: PeerId = peer(2)

export const tcp = (port: number): Multiaddr => multiaddr(`/ip4/192.0.2.1/tcp/${port}`)

/** A store in virtual time. */
export function newStore(options: Partial<PeerStoreOptions> = {}): { store: PeerBook; clock: VirtualClock } {
  const clock = new VirtualClock()
  return { store: createPeerStore({ peerId: self, clock, ...options }), clock }
}

/** A peer as a test can compare it: ports of its addresses, `!` for certified, and everything else by name. */
export function summary(peer: Peer | undefined): object | undefined {
  return (
    peer && {
      addresses: peer.addresses.map(({ multiaddr, isCertified }) => `${portOf(multiaddr)}${isCertified ? '!' : ''}`),
      protocols: peer.protocols,
      metadata: Object.fromEntries([...peer.metadata].map(([key, value]) => [key, toHex(value)])),
      tags: Object.fromEntries([...peer.tags].map(([name, { value }]) => [name, value]))
    }
  )
}

export const ports = (peer: Peer | undefined): number[] => (peer?.addresses ?? []).map(a => portOf(a.multiaddr))

function portOf(ma: Multiaddr): number {
  return Number(ma.getComponents().find(({ name }) => name === 'tcp')?.value)
}
