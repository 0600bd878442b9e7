import type { PeerKey } from '@ts-libp2p/pubsub'

/** What a peer did, and was told, since the last heartbeat. */
export interface Usage {
  /** RPCs with IHAVEs, and ids that we asked for because of them. */
  ihaves: number
  asked: number
  /** RPCs with IDONTWANTs, and ids in them. */
  idontwants: number
  unwanted: number
  /** Bytes of IHAVEs that it was told. */
  told: number
}

/** How much of what makes work peers sent since the last heartbeat. */
export class Allowances {
  private byPeer = new Map<PeerKey, Usage>()

  /** To be counted up. */
  of(peer: PeerKey): Usage {
    const known = this.byPeer.get(peer)
    if (known !== undefined) return known
    const usage = { ihaves: 0, asked: 0, idontwants: 0, unwanted: 0, told: 0 }
    this.byPeer.set(peer, usage)
    return usage
  }

  /** A heartbeat has passed. */
  renew(): void {
    if (this.byPeer.size > 0) this.byPeer = new Map()
  }
}
