import type { MessageId, PeerKey, RejectReason, WireMessage } from '@ts-libp2p/pubsub'
import { MAX_DELIVERIES, MAX_RETAINED_SCORES } from '../limits.ts'
import { Colocation } from './colocation.ts'
import { Deliveries, type Delivery, type DeliveryStatus } from './deliveries.ts'
import type { PeerScoreParams, TopicScoreParams } from './params.ts'
import * as topic from './topic-stats.ts'
import { newTopicStats, type TopicStats, topicScore } from './topic-stats.ts'

interface PeerStats {
  isConnected: boolean
  /** When a peer that went is forgotten. */
  expiresAt: number
  readonly topics: Map<string, Judged>
  /** The same, to be gone through with each message. */
  readonly judged: Judged[]
  /** What the topics contribute; undefined until it is asked for again. */
  topicsScore: number | undefined
  behaviourPenalty: number
}

/** What a peer did in a topic, and how that is judged. */
interface Judged {
  readonly of: TopicStats
  params: TopicScoreParams
}

/** A score and what it is made of. */
export interface PeerScoreSnapshot {
  readonly score: number
  readonly isConnected: boolean
  readonly topics: Readonly<Record<string, Readonly<TopicStats>>>
  readonly appSpecificScore: number
  readonly IPColocationFactor: number
  readonly behaviourPenalty: number
}

const NOBODYS_FAULT: readonly RejectReason[] = [
  ...(['blacklisted peer', 'blacklisted source', 'self originated message', 'validation queue full'] as const)
]
const NAMELESS: readonly RejectReason[] = [
  ...(['missing signature', 'invalid signature', 'unexpected signature', 'unexpected auth info'] as const)
]
const STATUS: Partial<Record<RejectReason, DeliveryStatus>> = {
  'validation throttled': 'throttled',
  'validation ignored': 'ignored'
}

/** Somebody sent a message. */
export interface Sent {
  readonly peer: PeerKey
  readonly id: MessageId
  readonly topic: string
}

/**
 * Judges peers by what they do: P1 to P7 of the spec. Score the sender of a message, not its author.
 * https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.1.md#peer-scoring
 */
export class PeerScores {
  private readonly params: PeerScoreParams
  private readonly topicParams: Map<string, TopicScoreParams>
  private readonly peers = new Map<PeerKey, PeerStats>()
  private readonly colocation: Colocation
  private readonly deliveries: Deliveries

  /** `seenTtlMs`: for how long copies of a message are judged. */
  constructor(params: PeerScoreParams, seenTtlMs: number) {
    this.params = params
    this.topicParams = new Map(Object.entries(params.topics))
    this.colocation = new Colocation(params.IPColocationFactorThreshold, params.IPColocationFactorWhitelist)
    this.deliveries = new Deliveries(seenTtlMs, MAX_DELIVERIES)
  }

  /** Zero for a peer that is not known. */
  score(peer: PeerKey): number {
    const stats = this.peers.get(peer)
    if (stats === undefined) return 0
    const { params } = this
    return (
      this.topicsScore(stats) +
      params.appSpecificScore(peer) * params.appSpecificWeight +
      this.colocation.factor(peer) * params.IPColocationFactorWeight +
      Math.max(0, stats.behaviourPenalty - params.behaviourPenaltyThreshold) ** 2 * params.behaviourPenaltyWeight
    )
  }

  snapshot(peer: PeerKey): PeerScoreSnapshot | undefined {
    const stats = this.peers.get(peer)
    if (stats === undefined) return undefined
    return {
      score: this.score(peer),
      isConnected: stats.isConnected,
      topics: Object.fromEntries([...stats.topics].map(([name, { of }]) => [name, { ...of }])),
      appSpecificScore: this.params.appSpecificScore(peer),
      IPColocationFactor: this.colocation.factor(peer),
      behaviourPenalty: stats.behaviourPenalty
    }
  }

  /** Peers with a score, those that went included. */
  known(): PeerKey[] {
    return [...this.peers.keys()]
  }

  // ---- peers -----------------------------------------------------------------------------------------------------

  /** `ips`: where it is connected from, when that is known. */
  addPeer(peer: PeerKey, ips?: readonly string[]): void {
    const stats = this.peers.get(peer)
    if (stats === undefined) {
      this.peers.set(peer, newStats())
    } else stats.isConnected = true
    if (ips !== undefined) this.setIps(peer, ips)
  }

  setIps(peer: PeerKey, ips: readonly string[]): void {
    if (this.peers.has(peer)) this.colocation.set(peer, ips)
  }

  /** A good score is forgotten at once, a bad one kept: nobody gets rid of it by coming again. */
  removePeer(peer: PeerKey, now: number): void {
    const stats = this.peers.get(peer)
    if (stats === undefined) return
    if (this.score(peer) > 0) {
      this.forget(peer)
      return
    }
    for (const { of, params } of stats.judged) {
      of.firstMessageDeliveries = 0
      if (of.inMesh) topic.prune(of, params)
      of.inMesh = false
    }
    stats.topicsScore = undefined
    stats.isConnected = false
    stats.expiresAt = now + this.params.retainScore
    this.boundRetained()
  }

  graft(peer: PeerKey, name: string, now: number): void {
    this.with(peer, name, stats => topic.graft(stats, now))
  }

  prune(peer: PeerKey, name: string): void {
    this.with(peer, name, topic.prune)
  }

  /** P7. */
  addPenalty(peer: PeerKey, count: number): void {
    const stats = this.peers.get(peer)
    if (stats !== undefined) stats.behaviourPenalty += count
  }

  // ---- messages --------------------------------------------------------------------------------------------------

  /** A message is being validated. Without its content, whatever has its id is a copy of it. */
  validate({ id, topic: name }: Omit<Sent, 'peer'>, now: number, content?: WireMessage): void {
    if (!this.topicParams.has(name)) return
    const { status } = this.deliveries.of(id, now)
    if (status === 'undecided' && content !== undefined) this.deliveries.contents.add(id, content)
  }

  /** Messages whose content is remembered, to tell their copies from their twins. */
  get judgedContents(): number {
    return this.deliveries.contents.size
  }

  /** Whether copies are judged without a look at what is in them, or these bytes are the copy of what is being judged. */
  isSettled(id: MessageId, bytes: Uint8Array): boolean {
    return this.deliveries.contents.isSettled(id, bytes)
  }

  /** Whether it has the id of one that is being judged, or was rejected, and is another. */
  isTwin(id: MessageId, message: WireMessage): boolean {
    return this.deliveries.contents.isTwin(id, message)
  }

  /** Whether its signature may be checked too. To be asked once for each twin. */
  mayCheckTwin(id: MessageId): boolean {
    return this.deliveries.contents.mayCheck(id)
  }

  deliver({ peer, id, topic: name }: Sent, now: number): void {
    if (!this.topicParams.has(name)) return
    this.with(peer, name, topic.countFirstDelivery)
    const delivery = this.deliveries.of(id, now)
    if (delivery.status !== 'undecided') return
    delivery.status = 'valid'
    delivery.validatedAt = now
    this.deliveries.contents.forget(id)
    for (const other of delivery.peers ?? []) if (other !== peer) this.with(other, name, topic.countMeshDelivery)
  }

  duplicate({ peer, id, topic: name }: Sent, now: number): void {
    const params = this.topicParams.get(name)
    if (params === undefined) return
    const delivery = this.deliveries.of(id, now)
    switch (delivery.status) {
      case 'undecided':
        noteCopy(delivery, peer)
        break
      case 'valid':
        // From now on nobody's copy counts, nor does it matter who sent one.
        if (now - delivery.validatedAt > params.meshMessageDeliveriesWindow) delivery.peers = undefined
        else if (noteCopy(delivery, peer)) this.with(peer, name, topic.countMeshDelivery)
        break
      case 'invalid':
        this.countInvalid(peer, name)
        break
    }
  }

  reject({ peer, id, topic: name }: Sent, reason: RejectReason, now: number): void {
    if (!this.topicParams.has(name) || NOBODYS_FAULT.includes(reason)) return
    // Its name says nothing: other peers may have sent the right one.
    if (NAMELESS.includes(reason)) {
      this.countInvalid(peer, name)
      return
    }
    const delivery = this.deliveries.of(id, now)
    if (delivery.status !== 'undecided') return
    delivery.status = STATUS[reason] ?? 'invalid'
    if (delivery.status !== 'invalid') this.deliveries.contents.forget(id)
    else {
      this.deliveries.contents.reject(id)
      this.countInvalid(peer, name)
      for (const other of delivery.peers ?? []) this.countInvalid(other, name)
    }
    delivery.peers = undefined
  }

  /** A message that could not even be read. */
  countInvalid(peer: PeerKey, name: string): void {
    this.with(peer, name, stats => {
      stats.invalidMessageDeliveries++
    })
  }

  // ---- time ------------------------------------------------------------------------------------------------------

  /** One decay interval has passed. Scores of peers that went stay as they were. */
  refresh(now: number): void {
    for (const [peer, stats] of this.peers) {
      if (stats.isConnected) this.decay(stats, now)
      else if (now > stats.expiresAt) this.forget(peer)
    }
  }

  expireDeliveries(now: number): void {
    this.deliveries.expire(now)
  }

  setTopicParams(name: string, params: TopicScoreParams): void {
    this.topicParams.set(name, params)
    for (const stats of this.peers.values()) {
      const judged = stats.topics.get(name)
      if (judged === undefined) continue
      judged.params = params
      topic.recap(judged.of, params)
      stats.topicsScore = undefined
    }
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private topicsScore(stats: PeerStats): number {
    if (stats.topicsScore !== undefined) return stats.topicsScore
    let score = 0
    for (const { of, params } of stats.judged) score += topicScore(of, params) * params.topicWeight
    const { topicScoreCap } = this.params
    stats.topicsScore = topicScoreCap > 0 ? Math.min(score, topicScoreCap) : score
    return stats.topicsScore
  }

  private decay(stats: PeerStats, now: number): void {
    const { decayToZero, behaviourPenaltyDecay } = this.params
    for (const { of, params } of stats.judged) topic.decay(of, params, decayToZero, now)
    stats.topicsScore = undefined
    stats.behaviourPenalty = topic.decayed(stats.behaviourPenalty, behaviourPenaltyDecay, decayToZero)
  }

  /** Only topics that are scored have stats. */
  private with(peer: PeerKey, name: string, fn: (stats: TopicStats, params: TopicScoreParams) => void): void {
    const params = this.topicParams.get(name)
    const stats = this.peers.get(peer)
    if (params === undefined || stats === undefined) return
    let judged = stats.topics.get(name)
    if (judged === undefined) {
      judged = { of: newTopicStats(), params }
      stats.topics.set(name, judged)
      stats.judged.push(judged)
    }
    fn(judged.of, params)
    stats.topicsScore = undefined
  }

  private forget(peer: PeerKey): void {
    this.colocation.remove(peer)
    this.peers.delete(peer)
  }

  private boundRetained(): void {
    if (this.peers.size <= MAX_RETAINED_SCORES) return
    for (const [peer, { isConnected }] of this.peers) {
      if (isConnected) continue
      this.forget(peer)
      return
    }
  }
}

function newStats(): PeerStats {
  return { isConnected: true, expiresAt: 0, topics: new Map(), judged: [], topicsScore: 0, behaviourPenalty: 0 }
}

/** False when the peer had sent one before. */
function noteCopy(delivery: Delivery, peer: PeerKey): boolean {
  delivery.peers ??= new Set()
  if (delivery.peers.has(peer)) return false
  delivery.peers.add(peer)
  return true
}
