import type { Random } from '@ts-libp2p/interface'
import {
  type Counters,
  type Effect,
  type Extensions,
  type Kind,
  MAX_SEEN,
  MAX_TOPIC_CHARS,
  MAX_TOPICS_PER_PEER,
  type MessageId,
  newCounters,
  type PeerKey,
  type PubsubMessage,
  type RpcParts,
  SeenCache,
  Subscriptions,
  type TraceEvent,
  type Tracer
} from '@ts-libp2p/pubsub'
import { MAX_CACHE_BYTES } from '../limits.ts'
import { PeerScores } from '../score/peer-scores.ts'
import { Allowances } from './allowances.ts'
import { Backoffs } from './backoffs.ts'
import { DontWants } from './dont-wants.ts'
import { Fanout } from './fanout.ts'
import { Mesh } from './mesh.ts'
import { MessageCache } from './message-cache.ts'
import type { News } from './news.ts'
import type { CoreParams } from './params.ts'
import type { PartialMessages } from './partial-messages.ts'
import type { PeerGater } from './peer-gater.ts'
import { Promises } from './promises.ts'
import type { Features } from './protocols.ts'

/** A peer that a stream leads to. */
export interface Peer {
  readonly key: PeerKey
  /** The bytes of its id. */
  readonly id: Uint8Array
  readonly features: Features
  /** We dialled it. */
  readonly isOutbound: boolean
}

/** Copies of a message whose first is being verified: one of them may be right when that one is forged. */
interface WaitingCopy {
  readonly peer: PeerKey
  readonly message: PubsubMessage
}

/** All that the router knows. The functions beside this file work on it, and leave their wishes in `effects`. */
export interface State {
  readonly self: PeerKey
  readonly params: CoreParams
  readonly random: Random
  readonly tracer: Tracer | undefined
  readonly counters: Counters
  readonly peers: Map<PeerKey, Peer>
  /** Those of them that speak floodsub only. */
  readonly floodsubPeers: Set<PeerKey>
  /** What peers said of themselves in the first RPC. */
  readonly extensions: Map<PeerKey, Extensions>
  readonly partials: PartialMessages | undefined
  readonly subscriptions: Subscriptions
  readonly mesh: Mesh
  readonly fanout: Fanout
  readonly cache: MessageCache
  readonly seen: SeenCache
  readonly verifying: Map<MessageId, WaitingCopy[]>
  /** Who sent copies of a message that validators judge: none of them needs ours. */
  readonly validating: Map<MessageId, Set<PeerKey>>
  readonly scores: PeerScores
  readonly gater: PeerGater | undefined
  readonly backoffs: Backoffs
  readonly promises: Promises
  readonly dontWants: DontWants
  readonly allowances: Allowances
  /** What peers will be told at the end of the heartbeat. */
  readonly news: Map<PeerKey, News[]>
  /** Signed records of connected peers, to be passed on. */
  readonly records: Map<PeerKey, Uint8Array>
  /** Heartbeats so far. */
  ticks: number
  /** When scores, and the gater's counters, were last decayed. */
  decayedAt: number
  gaterDecayedAt: number
  /** Of the input that is being handled. */
  now: number
  effects: Effect[]
}

export interface StateInit {
  readonly self: PeerKey
  readonly params: CoreParams
  readonly random: Random
  readonly tracer?: Tracer | undefined
}

export function newState({ self, params, random, tracer }: StateInit): State {
  const limits = { maxTopicsPerPeer: MAX_TOPICS_PER_PEER, maxTopicChars: MAX_TOPIC_CHARS }
  return {
    ...{ self, params, random, tracer },
    counters: newCounters(),
    peers: new Map(),
    floodsubPeers: new Set(),
    extensions: new Map(),
    partials: params.partials?.(),
    subscriptions: new Subscriptions(params.isAllowed, limits),
    mesh: new Mesh(),
    fanout: new Fanout(params.fanoutTTL),
    cache: new MessageCache(params.mcacheLength, params.mcacheGossip, MAX_CACHE_BYTES),
    seen: new SeenCache(params.seenTTL, MAX_SEEN),
    verifying: new Map(),
    validating: new Map(),
    scores: new PeerScores(params.scoreParams, params.seenTTL),
    gater: params.peerGater?.(random),
    backoffs: new Backoffs(2 * params.heartbeatInterval),
    promises: new Promises(params.gossipsubIWantFollowupMs),
    dontWants: new DontWants(params.idontwantTTL),
    allowances: new Allowances(),
    news: new Map(),
    records: new Map(),
    ...{ ticks: 0, decayedAt: Number.NEGATIVE_INFINITY, gaterDecayedAt: Number.NEGATIVE_INFINITY, now: 0, effects: [] }
  }
}

export function send(s: State, peer: PeerKey, parts: RpcParts): void {
  s.effects.push({ type: 'send', peer, parts })
}

export function forward(s: State, peers: readonly PeerKey[], message: PubsubMessage, kind: Kind): void {
  if (peers.length > 0) s.effects.push({ type: 'forward', peers, message, kind })
}

export function trace(s: State, event: TraceEvent): void {
  s.tracer?.trace(event, s.now)
}

export function isDirect(s: State, peer: PeerKey): boolean {
  return s.params.directPeers.has(peer)
}

export function scoreOf(s: State, peer: PeerKey): number {
  return s.scores.score(peer)
}
