import type { MessageId, PeerKey } from '@ts-libp2p/pubsub'

/**
 * Messages that peers said they have and that we asked them for. One of each request is tracked, picked at random: a
 * peer that breaks many promises is caught, and memory is saved.
 */
export class Promises {
  private readonly byId = new Map<MessageId, Map<PeerKey, number>>()
  private readonly followUpMs: number

  constructor(followUpMs: number) {
    this.followUpMs = followUpMs
  }

  get size(): number {
    return this.byId.size
  }

  add(id: MessageId, peer: PeerKey, now: number): void {
    const peers = this.byId.get(id) ?? new Map<PeerKey, number>()
    if (!peers.has(peer)) peers.set(peer, now + this.followUpMs)
    this.byId.set(id, peers)
  }

  /** The message came, from whomever: nobody can keep the promise any more. */
  fulfil(id: MessageId): void {
    this.byId.delete(id)
  }

  /** We do not read what the peer sends: it cannot keep its promises. */
  release(peer: PeerKey): void {
    for (const [id, peers] of this.byId) {
      if (peers.delete(peer) && peers.size === 0) this.byId.delete(id)
    }
  }

  /** How many promises each peer broke since the last time. */
  broken(now: number): Map<PeerKey, number> {
    const broken = new Map<PeerKey, number>()
    for (const [id, peers] of this.byId) {
      for (const [peer, dueAt] of peers) {
        if (dueAt >= now) continue
        peers.delete(peer)
        broken.set(peer, (broken.get(peer) ?? 0) + 1)
      }
      if (peers.size === 0) this.byId.delete(id)
    }
    return broken
  }
}
