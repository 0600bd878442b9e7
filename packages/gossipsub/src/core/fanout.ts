import type { PeerKey } from '@ts-libp2p/pubsub'

interface FanoutTopic {
  readonly peers: Set<PeerKey>
  publishedAt: number
}

/** For topics that we publish to without being in them: who gets the messages. */
export class Fanout {
  private readonly byTopic = new Map<string, FanoutTopic>()
  private readonly ttlMs: number

  constructor(ttlMs: number) {
    this.ttlMs = ttlMs
  }

  topics(): string[] {
    return [...this.byTopic.keys()]
  }

  /** The peers of a topic, which the caller may change. */
  of(topic: string): Set<PeerKey> | undefined {
    return this.byTopic.get(topic)?.peers
  }

  /** Something is published there: keeps the topic for the TTL from now on. */
  touch(topic: string, now: number): Set<PeerKey> {
    const known = this.byTopic.get(topic) ?? { peers: new Set(), publishedAt: now }
    known.publishedAt = now
    this.byTopic.set(topic, known)
    return known.peers
  }

  /** We joined the topic, or have not published there for long. */
  remove(topic: string): void {
    this.byTopic.delete(topic)
  }

  removePeer(peer: PeerKey): void {
    for (const { peers } of this.byTopic.values()) peers.delete(peer)
  }

  expire(now: number): void {
    for (const [topic, { publishedAt }] of this.byTopic) if (publishedAt + this.ttlMs < now) this.remove(topic)
  }
}
