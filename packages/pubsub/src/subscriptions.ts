import type { PeerKey } from './router.ts'
import type { Subscription } from './rpc.ts'

/** Which topics are tracked. */
export type TopicFilter = (topic: string) => boolean

/** A peer in a topic, and what it said of partial messages there. */
export interface Subscriber {
  readonly requestsPartial: boolean
  readonly supportsSendingPartial: boolean
}

export interface SubscriptionLimits {
  readonly maxTopicsPerPeer: number
  readonly maxTopicChars: number
}

/** What a list of subscriptions came to. */
export interface SubscriptionsApplied {
  /** Those that changed something. */
  readonly changes: readonly Subscription[]
  readonly refused: number
}

const NOBODY: ReadonlyMap<PeerKey, Subscriber> = new Map()

/** Who is in which topic, as peers say. */
export class Subscriptions {
  private readonly byTopic = new Map<string, Map<PeerKey, Subscriber>>()
  private readonly byPeer = new Map<PeerKey, Set<string>>()
  private readonly isAllowed: TopicFilter
  private readonly limits: SubscriptionLimits

  constructor(isAllowed: TopicFilter, limits: SubscriptionLimits) {
    this.isAllowed = isAllowed
    this.limits = limits
  }

  /** Peers in the topic. */
  of(topic: string): ReadonlyMap<PeerKey, Subscriber> {
    return this.byTopic.get(topic) ?? NOBODY
  }

  topicsOf(peer: PeerKey): ReadonlySet<string> {
    return this.byPeer.get(peer) ?? new Set()
  }

  apply(peer: PeerKey, subscriptions: readonly Subscription[]): SubscriptionsApplied {
    const changes: Subscription[] = []
    let refused = 0
    for (const subscription of subscriptions) {
      if (!subscription.subscribe) {
        if (this.leave(peer, subscription.topic)) changes.push(subscription)
      } else if (!this.mayJoin(peer, subscription.topic)) refused++
      else if (this.join(peer, subscription)) changes.push(subscription)
    }
    return { changes, refused }
  }

  /** The peer is in no topic any more. Returns those that it was in. */
  remove(peer: PeerKey): string[] {
    const topics = [...this.topicsOf(peer)]
    for (const topic of topics) this.leave(peer, topic)
    return topics
  }

  private mayJoin(peer: PeerKey, topic: string): boolean {
    const own = this.byPeer.get(peer)
    if (own?.has(topic) === true) return true
    if (topic.length > this.limits.maxTopicChars || !this.isAllowed(topic)) return false
    return (own?.size ?? 0) < this.limits.maxTopicsPerPeer
  }

  private join(peer: PeerKey, subscription: Subscription): boolean {
    const { topic, requestsPartial = false, supportsSendingPartial = false } = subscription
    const peers = this.byTopic.get(topic) ?? new Map<PeerKey, Subscriber>()
    const isNew = !peers.has(peer)
    // Who wants parts can send them too.
    peers.set(peer, { requestsPartial, supportsSendingPartial: supportsSendingPartial || requestsPartial })
    this.byTopic.set(topic, peers)
    const topics = this.byPeer.get(peer) ?? new Set<string>()
    topics.add(topic)
    this.byPeer.set(peer, topics)
    return isNew
  }

  private leave(peer: PeerKey, topic: string): boolean {
    const peers = this.byTopic.get(topic)
    if (peers?.delete(peer) !== true) return false
    if (peers.size === 0) this.byTopic.delete(topic)
    const topics = this.byPeer.get(peer)
    topics?.delete(topic)
    if (topics?.size === 0) this.byPeer.delete(peer)
    return true
  }
}
