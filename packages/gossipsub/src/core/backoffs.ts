import type { PeerKey } from '@ts-libp2p/pubsub'
import { MAX_BACKOFF_MS, MAX_BACKOFFS_PER_TOPIC } from '../limits.ts'

/** Until when peers that were pruned, or pruned us, must not be in a topic's mesh again. */
export class Backoffs {
  private readonly byTopic = new Map<string, Map<PeerKey, number>>()
  private readonly slackMs: number

  /** `slackMs`: by how much longer we wait ourselves, so that the other side's clock and heartbeat have caught up. */
  constructor(slackMs: number) {
    this.slackMs = slackMs
  }

  /** Never shortens what is there. */
  add(topic: string, peer: PeerKey, ms: number, now: number): void {
    const peers = this.byTopic.get(topic) ?? new Map<PeerKey, number>()
    this.byTopic.set(topic, peers)
    const [oldest] = peers.size >= MAX_BACKOFFS_PER_TOPIC ? peers.keys() : []
    if (oldest !== undefined) peers.delete(oldest)
    peers.set(peer, Math.max(peers.get(peer) ?? 0, now + Math.min(ms, MAX_BACKOFF_MS)))
  }

  /** When the peer's time is over; undefined when it was not told to wait. */
  endsAt(topic: string, peer: PeerKey): number | undefined {
    return this.byTopic.get(topic)?.get(peer)
  }

  /** We may not graft it yet. */
  holds(topic: string, peer: PeerKey, now: number): boolean {
    const endsAt = this.endsAt(topic, peer)
    return endsAt !== undefined && now < endsAt + this.slackMs
  }

  expire(now: number): void {
    for (const [topic, peers] of this.byTopic) {
      for (const [peer, endsAt] of peers) if (endsAt + this.slackMs <= now) peers.delete(peer)
      if (peers.size === 0) this.byTopic.delete(topic)
    }
  }
}
