import type { MessageId, PeerKey } from '@ts-libp2p/pubsub'

/** Messages that peers said they have already: not sent to them. Forgotten after some heartbeats. */
export class DontWants {
  private readonly byPeer = new Map<PeerKey, Map<MessageId, number>>()
  private readonly heartbeats: number

  constructor(heartbeats: number) {
    this.heartbeats = heartbeats
  }

  /** Peers that said so lately. */
  get size(): number {
    return this.byPeer.size
  }

  add(peer: PeerKey, id: MessageId): void {
    const ids = this.byPeer.get(peer) ?? new Map<MessageId, number>()
    this.byPeer.set(peer, ids.set(id, this.heartbeats))
  }

  has(peer: PeerKey, id: MessageId): boolean {
    return this.byPeer.get(peer)?.has(id) ?? false
  }

  removePeer(peer: PeerKey): void {
    this.byPeer.delete(peer)
  }

  /** A heartbeat has passed. */
  age(): void {
    for (const [peer, ids] of this.byPeer) {
      for (const [id, left] of ids) {
        if (left > 1) ids.set(id, left - 1)
        else ids.delete(id)
      }
      if (ids.size === 0) this.byPeer.delete(peer)
    }
  }
}
