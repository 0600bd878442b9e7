import type { Effect, Input, PubsubMessage, RpcParts, Subscription } from '@ts-libp2p/pubsub'
import { identity, SeededRandom } from '@ts-libp2p/testing'
import { GOSSIPSUB_1_2 } from '../src/core/protocols.ts'
import { GossipRouter } from '../src/core/router.ts'
import { checkOptions, type GossipsubOptions } from '../src/options.ts'

const names = new Map<number, string>()

/** Base58 of the id of the nth peer. */
export function peer(n: number): string {
  const name = names.get(n) ?? identity(`peer ${n}`).peerId.toString()
  names.set(n, name)
  return name
}

export const SELF: string = peer(-1)
export const TOPIC = 'news'

/** Every slip counts, and is forgiven soon. */
const STRICT = { behaviourPenaltyThreshold: 0, behaviourPenaltyDecay: 0.2, decayToZero: 0.1 }
const STRICT_THRESHOLDS = { gossipThreshold: -10, publishThreshold: -50, graylistThreshold: -80 }

export interface PeerInit {
  readonly protocol?: string
  readonly isOutbound?: boolean
  readonly ips?: readonly string[]
  readonly topics?: readonly string[]
}

/** A router with nothing around it: inputs go in, effects come out, time is what the test says. */
export class Core {
  readonly router: GossipRouter
  now = 1_000_000

  constructor(options: GossipsubOptions = {}, seed: number | string = 1) {
    const { core: params } = checkOptions({
      ...options,
      scoreParams: { ...STRICT, ...options.scoreParams },
      scoreThresholds: { ...STRICT_THRESHOLDS, ...options.scoreThresholds }
    })
    this.router = new GossipRouter({ self: SELF, params, random: new SeededRandom(seed) })
  }

  handle(input: Input): readonly Effect[] {
    return this.router.handle(input, this.now)
  }

  up(n: number, init: PeerInit = {}): readonly Effect[] {
    const { protocol = GOSSIPSUB_1_2, isOutbound = false, ips = [], topics = [] } = init
    const effects = this.handle({ type: 'peerUp', peer: peer(n), protocol, link: { isOutbound, ips } })
    return [
      ...effects,
      ...this.say(
        n,
        topics.map(topic => ({ topic, subscribe: true }))
      )
    ]
  }

  /** Peers 0 to count - 1, all in the topic. */
  upAll(count: number, init: PeerInit = {}): void {
    for (let n = 0; n < count; n++) this.up(n, { topics: [TOPIC], ...init })
  }

  down(n: number): readonly Effect[] {
    return this.handle({ type: 'peerDown', peer: peer(n) })
  }

  say(n: number, subscriptions: readonly Subscription[]): readonly Effect[] {
    return this.handle({ type: 'subscriptions', peer: peer(n), subscriptions })
  }

  control(n: number, control: NonNullable<RpcParts['control']>): readonly Effect[] {
    const all = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...control }
    return this.handle({ type: 'control', peer: peer(n), control: all, partial: undefined, isFirst: false })
  }

  /** A message comes, is signed as it should be, and is judged so. */
  receive(
    n: number,
    message: PubsubMessage,
    verdict: 'accept' | 'reject' | 'ignore' | 'throttled' = 'accept'
  ): Effect[] {
    const from = peer(n)
    const first = this.handle({ type: 'message', peer: from, message })
    const rest = first.flatMap(effect => {
      if (effect.type === 'verify') return this.verified(n, message, verdict)
      return effect.type === 'validate' ? this.handle({ type: 'validated', peer: from, message, verdict }) : [effect]
    })
    return [...rest]
  }

  publish(message: PubsubMessage, floods?: boolean): readonly Effect[] {
    return this.handle({ type: 'publish', message, floods })
  }

  join(topic: string = TOPIC): readonly Effect[] {
    return this.handle({ type: 'subscribe', topic })
  }

  leave(topic: string = TOPIC): readonly Effect[] {
    return this.handle({ type: 'unsubscribe', topic })
  }

  /** The effects of a heartbeat, after the time until it. */
  beat(times = 1): Effect[] {
    const effects: Effect[] = []
    for (let i = 0; i < times; i++) {
      this.now += this.router.heartbeatMs
      effects.push(...this.handle({ type: 'heartbeat' }))
    }
    return effects
  }

  mesh(topic: string = TOPIC): string[] {
    return [...this.router.state.mesh.of(topic)]
  }

  dropped(reason: Parameters<GossipRouter['counters']['dropped']['get']>[0]): number {
    return this.router.counters.dropped.get(reason) ?? 0
  }

  private verified(n: number, message: PubsubMessage, verdict: 'accept' | 'reject' | 'ignore' | 'throttled'): Effect[] {
    return this.handle({ type: 'verified', peer: peer(n), message, isValid: true }).flatMap(effect => {
      if (effect.type !== 'validate') return [effect]
      return [...this.handle({ type: 'validated', peer: peer(n), message, verdict })]
    })
  }
}

/** A message as routers see it. `bytes`: of its payload. */
export function message(
  id: string,
  init: { topic?: string; author?: number; bytes?: number; isSigned?: boolean } = {}
): PubsubMessage {
  const { topic = TOPIC, author, bytes = 100, isSigned = true } = init
  const data = new Uint8Array(bytes)
  const signature = isSigned ? new Uint8Array(64) : undefined
  return {
    ...{ id, topic, dataLength: bytes, author: author === undefined ? undefined : peer(author) },
    wire: { topic, data, signature, bytes: data, signedLength: bytes },
    frame: new Uint8Array(bytes + 10),
    toMessage: () => ({ type: 'unsigned', topic, data })
  }
}

/** What is said to a peer, or to all. */
export function sent(effects: readonly Effect[], n?: number): RpcParts[] {
  return effects.flatMap(effect =>
    effect.type === 'send' && (n === undefined || effect.peer === peer(n)) ? [effect.parts] : []
  )
}

/** To whom a message goes. */
export function recipients(effects: readonly Effect[]): string[] {
  return effects.flatMap(effect => (effect.type === 'forward' ? effect.peers : []))
}

export function grafted(effects: readonly Effect[]): string[] {
  return effects.flatMap(effect =>
    effect.type === 'send' && effect.parts.control?.graft !== undefined ? [effect.peer] : []
  )
}

export function pruned(effects: readonly Effect[]): string[] {
  return effects.flatMap(effect =>
    effect.type === 'send' && effect.parts.control?.prune !== undefined ? [effect.peer] : []
  )
}
