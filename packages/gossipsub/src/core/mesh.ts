import type { PeerKey } from '@ts-libp2p/pubsub'

const NOBODY: ReadonlySet<PeerKey> = new Set()

/** For each topic that we are in, the peers to exchange its messages with. Both sides have each other in it. */
export class Mesh {
  private readonly byTopic = new Map<string, Set<PeerKey>>()

  topics(): string[] {
    return [...this.byTopic.keys()]
  }

  /** We are in the topic. */
  has(topic: string): boolean {
    return this.byTopic.has(topic)
  }

  of(topic: string): ReadonlySet<PeerKey> {
    return this.byTopic.get(topic) ?? NOBODY
  }

  join(topic: string): void {
    if (!this.byTopic.has(topic)) this.byTopic.set(topic, new Set())
  }

  /** Returns who was in it. */
  leave(topic: string): PeerKey[] {
    const peers = [...this.of(topic)]
    this.byTopic.delete(topic)
    return peers
  }

  add(topic: string, peer: PeerKey): void {
    this.byTopic.get(topic)?.add(peer)
  }

  /** False when it was not there. */
  remove(topic: string, peer: PeerKey): boolean {
    return this.byTopic.get(topic)?.delete(peer) ?? false
  }

  /** Takes the peer out of all topics, and returns those that it was in. */
  removePeer(peer: PeerKey): string[] {
    return this.topics().filter(topic => this.remove(topic, peer))
  }
}
