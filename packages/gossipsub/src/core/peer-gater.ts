import { InvalidParametersError, type Random } from '@ts-libp2p/interface'
import type { PeerKey } from '@ts-libp2p/pubsub'
import { decayed } from '../score/topic-stats.ts'

/** https://github.com/libp2p/go-libp2p-pubsub/blob/master/peer_gater.go */
export interface PeerGaterParams {
  /** The share of messages for which no validator was free that turns the gater on. */
  readonly threshold: number
  /** What the counters of all peers together, and of each address, are multiplied by every `decayInterval`. */
  readonly globalDecay: number
  readonly sourceDecay: number
  /** Milliseconds. */
  readonly decayInterval: number
  /** Counters below this become zero. */
  readonly decayToZero: number
  /** Milliseconds for which what was counted for an address is kept once its last peer has gone. */
  readonly retainStats: number
  /** Milliseconds without such a message that turn it off. */
  readonly quiet: number
  /** What a copy, an ignored and a rejected message weigh, a good one being 1. */
  readonly duplicateWeight: number
  readonly ignoreWeight: number
  readonly rejectWeight: number
  /** What a good message weighs, by topic, where it is not 1. */
  readonly topicDeliveryWeights: Readonly<Record<string, number>>
}

/** go-libp2p-pubsub's; the decays are 2 minutes and 1 hour to a hundredth. */
export const defaultPeerGaterParams: PeerGaterParams = {
  threshold: 0.33,
  globalDecay: 0.01 ** (1 / 120),
  sourceDecay: 0.01 ** (1 / 3600),
  decayInterval: 1000,
  decayToZero: 0.01,
  retainStats: 6 * 3_600_000,
  quiet: 60_000,
  duplicateWeight: 0.125,
  ignoreWeight: 1,
  rejectWeight: 16,
  topicDeliveryWeights: {}
}

/** Makes the gater of a node. */
export type NewPeerGater = (random: Random) => PeerGater

/**
 * For the option `peerGater`. What is left out is from `defaultPeerGaterParams`. Throws an `InvalidParametersError` that
 * names the parameter.
 */
export function peerGater(params: Partial<PeerGaterParams> = {}): NewPeerGater {
  const all = { ...defaultPeerGaterParams, ...params }
  checkParams(all)
  return random => new PeerGater(all, random)
}

interface SourceStats {
  connected: number
  expiresAt: number
  delivered: number
  duplicates: number
  ignored: number
  rejected: number
}

/**
 * Sheds load when validators cannot keep up: messages of peers whose address sends much that is of no use are dropped
 * before they are looked at, at random, the more of it the likelier.
 */
export class PeerGater {
  private readonly params: PeerGaterParams
  private readonly random: Random
  private readonly byPeer = new Map<PeerKey, SourceStats>()
  private readonly bySource = new Map<string, SourceStats>()
  private validated = 0
  private throttled = 0
  private throttledAt = Number.NEGATIVE_INFINITY

  constructor(params: PeerGaterParams, random: Random) {
    this.params = params
    this.random = random
  }

  /** Milliseconds between two calls of `decay`. */
  get decayInterval(): number {
    return this.params.decayInterval
  }

  /** Whether messages of the peer are looked at. */
  accepts(peer: PeerKey, now: number): boolean {
    const { params } = this
    if (now - this.throttledAt > params.quiet || this.throttled === 0) return true
    if (this.validated !== 0 && this.throttled / this.validated < params.threshold) return true
    const stats = this.byPeer.get(peer)
    if (stats === undefined) return true
    const useless =
      params.duplicateWeight * stats.duplicates +
      params.ignoreWeight * stats.ignored +
      params.rejectWeight * stats.rejected
    // One is added to both, so that nobody is ever shut out for good.
    return this.random.float() < (1 + stats.delivered) / (1 + stats.delivered + useless)
  }

  /** `source`: the peer's IP address, which others may share. */
  addPeer(peer: PeerKey, source: string): void {
    const stats = this.bySource.get(source) ?? newStats()
    this.bySource.set(source, stats)
    this.byPeer.set(peer, stats)
    stats.connected++
  }

  removePeer(peer: PeerKey, now: number): void {
    const stats = this.byPeer.get(peer)
    if (stats === undefined) return
    this.byPeer.delete(peer)
    stats.connected--
    if (stats.connected === 0) stats.expiresAt = now + this.params.retainStats
  }

  validate(): void {
    this.validated++
  }

  throttle(now: number): void {
    this.throttled++
    this.throttledAt = now
  }

  deliver(peer: PeerKey, topic: string): void {
    this.count(peer, 'delivered', this.params.topicDeliveryWeights[topic] ?? 1)
  }

  duplicate(peer: PeerKey): void {
    this.count(peer, 'duplicates')
  }

  ignore(peer: PeerKey): void {
    this.count(peer, 'ignored')
  }

  reject(peer: PeerKey): void {
    this.count(peer, 'rejected')
  }

  /** One decay interval has passed. */
  decay(now: number): void {
    const { globalDecay, sourceDecay, decayToZero } = this.params
    this.validated = decayed(this.validated, globalDecay, decayToZero)
    this.throttled = decayed(this.throttled, globalDecay, decayToZero)
    for (const [source, stats] of this.bySource) {
      if (stats.connected === 0) {
        if (stats.expiresAt < now) this.bySource.delete(source)
        continue
      }
      stats.delivered = decayed(stats.delivered, sourceDecay, decayToZero)
      stats.duplicates = decayed(stats.duplicates, sourceDecay, decayToZero)
      stats.ignored = decayed(stats.ignored, sourceDecay, decayToZero)
      stats.rejected = decayed(stats.rejected, sourceDecay, decayToZero)
    }
  }

  private count(peer: PeerKey, what: 'delivered' | 'duplicates' | 'ignored' | 'rejected', by = 1): void {
    const stats = this.byPeer.get(peer)
    if (stats !== undefined) stats[what] += by
  }
}

function checkParams(params: PeerGaterParams): void {
  const check = (name: keyof PeerGaterParams, isFine: boolean, should: string): void => {
    if (!isFine) throw new InvalidParametersError(`\`peerGater.${name}\` must be ${should}`)
  }
  const isShare = (value: number): boolean => value > 0 && value < 1
  check('threshold', params.threshold > 0, 'above zero')
  check('globalDecay', isShare(params.globalDecay), 'between 0 and 1')
  check('sourceDecay', isShare(params.sourceDecay), 'between 0 and 1')
  check('decayInterval', params.decayInterval >= 1000, 'at least 1000 milliseconds')
  check('decayToZero', isShare(params.decayToZero), 'between 0 and 1')
  check('retainStats', params.retainStats >= 0, 'zero or above')
  check('quiet', params.quiet >= 1000, 'at least 1000 milliseconds')
  check('duplicateWeight', params.duplicateWeight > 0, 'above zero')
  check('ignoreWeight', params.ignoreWeight >= 1, 'at least 1')
  check('rejectWeight', params.rejectWeight >= 1, 'at least 1')
}

function newStats(): SourceStats {
  return { connected: 0, expiresAt: 0, delivered: 0, duplicates: 0, ignored: 0, rejected: 0 }
}
