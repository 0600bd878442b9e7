import { multiaddr, rangeFilter } from '@ts-libp2p/multiaddr'
import type { PeerKey } from '@ts-libp2p/pubsub'

/** Which peers share an IP address. */
export class Colocation {
  private readonly peers = new Map<string, Set<PeerKey>>()
  private readonly ips = new Map<PeerKey, readonly string[]>()
  private readonly threshold: number
  private readonly isExempt: (ip: string) => boolean
  /** Addresses with more peers than the threshold: mostly none, and asked for with every RPC. */
  private crowds = 0

  /** `whitelist`: addresses, or networks such as `10.0.0.0/8`. */
  constructor(threshold: number, whitelist: ReadonlySet<string>) {
    this.threshold = threshold
    this.isExempt = exemption(whitelist)
  }

  /** Addresses that somebody is behind. */
  get size(): number {
    return this.peers.size
  }

  set(peer: PeerKey, ips: readonly string[]): void {
    this.remove(peer)
    this.ips.set(peer, ips)
    for (const ip of ips) {
      const peers = this.peers.get(ip) ?? new Set()
      if (!peers.has(peer) && peers.size === this.threshold) this.crowds++
      this.peers.set(ip, peers.add(peer))
    }
  }

  remove(peer: PeerKey): void {
    for (const ip of this.ips.get(peer) ?? []) {
      const peers = this.peers.get(ip)
      if (peers?.delete(peer) !== true) continue
      if (peers.size === this.threshold) this.crowds--
      if (peers.size === 0) this.peers.delete(ip)
    }
    this.ips.delete(peer)
  }

  /** P6: the squares of what is over the threshold, for each address of the peer. */
  factor(peer: PeerKey): number {
    let factor = 0
    if (this.crowds === 0) return factor
    for (const ip of this.ips.get(peer) ?? []) {
      const surplus = (this.peers.get(ip)?.size ?? 0) - this.threshold
      if (surplus > 0 && !this.isExempt(ip)) factor += surplus * surplus
    }
    return factor
  }
}

function exemption(whitelist: ReadonlySet<string>): (ip: string) => boolean {
  const networks = [...whitelist].filter(entry => entry.includes('/')).map(network => rangeFilter(network))
  // The /64 of a peer stands for many addresses, and is exempt only when it is listed itself.
  return ip => whitelist.has(ip) || (!ip.includes('/') && networks.some(isIn => isIn(addressOf(ip))))
}

function addressOf(ip: string): ReturnType<typeof multiaddr> {
  return multiaddr(ip.includes(':') ? `/ip6/${ip}` : `/ip4/${ip}`)
}
