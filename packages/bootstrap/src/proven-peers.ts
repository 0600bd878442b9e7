import { bytesEqual } from '@ts-libp2p/bytes'
import type { Multiaddr, PeerId } from '@ts-libp2p/interface'
import {
  MAX_PROVEN_ADDRESSES,
  MAX_PROVEN_PEERS,
  MAX_PROVEN_PER_NETWORK,
  MISSED_AFTER_MS,
  PROVEN_TTL_MS
} from './limits.ts'
import { networkOf } from './network-of.ts'

/** A peer that we were connected to for a while, by addresses that we dialled. */
export interface ProvenPeer {
  readonly id: PeerId
  /** The latest first. */
  readonly addresses: readonly Multiaddr[]
  /** Milliseconds since 1970. */
  readonly firstSeen: number
  readonly lastSeen: number
}

/**
 * The peers that proved themselves. Those not seen for a day are the first to make room; of the others those known
 * longest are the last: they are the least likely a trap.
 */
export class ProvenPeers {
  private readonly peers = new Map<string, ProvenPeer>()

  /** The one seen last is first. */
  list(): ProvenPeer[] {
    return [...this.peers.values()].sort((a, b) => b.lastSeen - a.lastSeen)
  }

  /** True when the peer, or its address, is new. */
  note(id: PeerId, address: Multiaddr, now: number): boolean {
    const known = this.peers.get(String(id))
    const others = (known?.addresses ?? []).filter(({ bytes }) => !bytesEqual(bytes, address.bytes))
    const addresses = [address, ...others].slice(0, MAX_PROVEN_ADDRESSES)
    this.peers.set(String(id), { id, addresses, firstSeen: known?.firstSeen ?? now, lastSeen: now })
    this.makeRoom(addresses, now)
    return others.length === (known?.addresses.length ?? 0) && this.peers.has(String(id))
  }

  /** Takes up a peer of an earlier run. */
  restore(peer: ProvenPeer, now: number): void {
    this.peers.set(String(peer.id), { ...peer, addresses: peer.addresses.slice(0, MAX_PROVEN_ADDRESSES) })
    this.makeRoom(peer.addresses, now)
  }

  remove(id: string): boolean {
    return this.peers.delete(id)
  }

  /** Forgets those that were not seen for long. True when there were any. */
  expire(now: number): boolean {
    const old = this.list().filter(({ lastSeen }) => now - lastSeen > PROVEN_TTL_MS)
    for (const { id } of old) this.peers.delete(String(id))
    return old.length > 0
  }

  private makeRoom(addresses: readonly Multiaddr[], now: number): void {
    const network = addresses[0] && networkOf(addresses[0])
    if (network !== undefined) this.trim(MAX_PROVEN_PER_NETWORK, now, peer => isIn(peer, network))
    this.trim(MAX_PROVEN_PEERS, now, () => true)
  }

  private trim(limit: number, now: number, isMeant: (peer: ProvenPeer) => boolean): void {
    const meant = [...this.peers.values()].filter(isMeant)
    if (meant.length <= limit) return
    const isMissed = ({ lastSeen }: ProvenPeer): number => (now - lastSeen > MISSED_AFTER_MS ? 1 : 0)
    meant.sort((a, b) => isMissed(a) - isMissed(b) || a.firstSeen - b.firstSeen)
    for (const { id } of meant.slice(limit)) this.peers.delete(String(id))
  }
}

function isIn({ addresses }: ProvenPeer, network: string): boolean {
  return addresses[0] !== undefined && networkOf(addresses[0]) === network
}
