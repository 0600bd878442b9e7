import {
  type Acceptance,
  type Counters,
  countDrop,
  type Effect,
  type Input,
  MAX_SEEN,
  MAX_TOPIC_CHARS,
  MAX_TOPICS_PER_PEER,
  newCounters,
  type PeerKey,
  type PubsubMessage,
  type Router,
  SeenCache,
  Subscriptions,
  type TraceEvent,
  type Tracer
} from '@ts-libp2p/pubsub'

export const FLOODSUB = '/floodsub/1.0.0'

export interface FloodRouterInit {
  readonly self: PeerKey
  readonly isAllowed: (topic: string) => boolean
  readonly seenTtlMs: number
  readonly tracer: Tracer | undefined
}

const NOTHING: readonly Effect[] = []

/** Sends every message on to all peers in its topic. */
export class FloodRouter implements Router {
  readonly protocols: readonly string[] = [FLOODSUB]
  readonly heartbeatMs = 0
  readonly heartbeatDelayMs = 0
  readonly counters: Counters = newCounters()
  private readonly init: FloodRouterInit
  private readonly connected = new Set<PeerKey>()
  private readonly joined = new Set<string>()
  private readonly subscriptions: Subscriptions
  private readonly seen: SeenCache

  constructor(init: FloodRouterInit) {
    this.init = init
    const limits = { maxTopicsPerPeer: MAX_TOPICS_PER_PEER, maxTopicChars: MAX_TOPIC_CHARS }
    this.subscriptions = new Subscriptions(init.isAllowed, limits)
    this.seen = new SeenCache(init.seenTtlMs, MAX_SEEN)
  }

  accepts(): Acceptance {
    return 'all'
  }

  hasSeen(id: string): boolean {
    return this.seen.has(id)
  }

  recognises(id: string): boolean {
    return this.seen.has(id)
  }

  topics(): string[] {
    return [...this.joined]
  }

  peers(): PeerKey[] {
    return [...this.connected]
  }

  subscribers(topic: string): PeerKey[] {
    return [...this.subscriptions.of(topic).keys()]
  }

  handle(input: Input, now: number): readonly Effect[] {
    switch (input.type) {
      case 'message':
        return this.onMessage(input.peer, input.message)
      case 'copy':
        return this.drop('duplicate')
      case 'verified':
        return this.onVerified(input, now)
      case 'validated':
        return this.onValidated(input, now)
      case 'publish':
        return this.onPublish(input.message, now)
      case 'subscriptions':
        return this.onSubscriptions(input)
      case 'subscribe':
        return this.onSubscribe(input.topic, now)
      case 'unsubscribe':
        return this.onUnsubscribe(input.topic, now)
      case 'peerUp':
        return this.onPeerUp(input.peer, input.protocol, now)
      case 'peerDown':
        return this.onPeerDown(input.peer, now)
      case 'inboundClosed':
        return this.onInboundClosed(input.peer)
      default:
        return NOTHING
    }
  }

  private onMessage(peer: PeerKey, message: PubsubMessage): readonly Effect[] {
    if (this.seen.has(message.id)) return this.drop('duplicate')
    if (!this.joined.has(message.topic)) return this.drop('not subscribed')
    if (message.author === this.init.self) return this.drop('self originated message')
    return [{ type: 'verify', peer, message }]
  }

  private onVerified({ peer, message, isValid }: Input & { type: 'verified' }, now: number): readonly Effect[] {
    if (!isValid) return this.drop('invalid signature')
    if (!this.seen.add(message.id, now)) return this.drop('duplicate')
    return [{ type: 'validate', peer, message }]
  }

  private onValidated({ peer, message, verdict }: Input & { type: 'validated' }, now: number): readonly Effect[] {
    if (verdict === 'reject') return this.drop('validation failed')
    if (verdict === 'ignore') return this.drop('validation ignored')
    if (verdict === 'throttled') return this.drop('validation throttled')
    this.trace({ type: 'deliverMessage', peer, message }, now)
    return [{ type: 'deliver', peer, message }, ...this.forward(message, peer, 'forward')]
  }

  private onPublish(message: PubsubMessage, now: number): readonly Effect[] {
    this.seen.add(message.id, now)
    this.counters.published++
    this.trace({ type: 'publishMessage', message }, now)
    return this.forward(message, undefined, 'own')
  }

  private onSubscriptions({ peer, subscriptions }: Input & { type: 'subscriptions' }): readonly Effect[] {
    const { changes, refused } = this.subscriptions.apply(peer, subscriptions)
    countDrop(this.counters, 'subscription refused', refused)
    return changes.length === 0 ? NOTHING : [{ type: 'subscriptionChange', peer, subscriptions: changes }]
  }

  private onSubscribe(topic: string, now: number): readonly Effect[] {
    if (this.joined.has(topic)) return NOTHING
    this.joined.add(topic)
    this.trace({ type: 'join', topic }, now)
    return this.announce(topic, true)
  }

  private onUnsubscribe(topic: string, now: number): readonly Effect[] {
    if (!this.joined.delete(topic)) return NOTHING
    this.trace({ type: 'leave', topic }, now)
    return this.announce(topic, false)
  }

  private onPeerUp(peer: PeerKey, protocol: string, now: number): readonly Effect[] {
    this.connected.add(peer)
    this.trace({ type: 'addPeer', peer, protocol }, now)
    const subscriptions = this.topics().map(topic => ({ topic, subscribe: true }))
    return subscriptions.length === 0 ? NOTHING : [{ type: 'send', peer, parts: { subscriptions } }]
  }

  private onPeerDown(peer: PeerKey, now: number): readonly Effect[] {
    this.connected.delete(peer)
    this.trace({ type: 'removePeer', peer }, now)
    return NOTHING
  }

  /** Nothing that the peer said holds any more: it says all of it again on its next stream. */
  private onInboundClosed(peer: PeerKey): readonly Effect[] {
    const topics = this.subscriptions.remove(peer)
    if (topics.length === 0) return NOTHING
    return [{ type: 'subscriptionChange', peer, subscriptions: topics.map(topic => ({ topic, subscribe: false })) }]
  }

  private announce(topic: string, subscribe: boolean): Effect[] {
    const parts = { subscriptions: [{ topic, subscribe }] }
    return this.peers().map(peer => ({ type: 'send', peer, parts }))
  }

  private forward(message: PubsubMessage, from: PeerKey | undefined, kind: 'own' | 'forward'): Effect[] {
    const isFit = (peer: PeerKey): boolean => peer !== from && peer !== message.author && this.connected.has(peer)
    const peers = this.subscribers(message.topic).filter(isFit)
    return peers.length === 0 ? [] : [{ type: 'forward', peers, message, kind }]
  }

  private drop(reason: Parameters<typeof countDrop>[1]): readonly Effect[] {
    countDrop(this.counters, reason)
    return NOTHING
  }

  private trace(event: TraceEvent, now: number): void {
    this.init.tracer?.trace(event, now)
  }
}
