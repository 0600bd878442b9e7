import type { PeerKey } from '@ts-libp2p/pubsub'
import { emitGossip } from './gossip.ts'
import { graft, prune } from './grafting.ts'
import { fillMesh } from './joining.ts'
import { tellNews } from './news.ts'
import { mayGraft, pickPeers } from './select.ts'
import { shuffle } from './shuffle.ts'
import { isDirect, type State, scoreOf } from './state.ts'

/** Heartbeats between two looks at what expires slowly. */
const CLEANUP_TICKS = 15

type Step = (s: State) => void

/** What happens every heartbeat, in this order. */
const HEARTBEAT: readonly Step[] = [
  renewAllowances,
  expireBackoffs,
  punishBrokenPromises,
  decayScores,
  decayGater,
  connectDirectPeers,
  maintainMeshes,
  maintainFanout,
  tellNews,
  shiftCache,
  agePartials
]

export function heartbeat(s: State): void {
  s.ticks++
  for (const step of HEARTBEAT) step(s)
}

function renewAllowances(s: State): void {
  s.allowances.renew()
  s.dontWants.age()
}

function expireBackoffs(s: State): void {
  if (s.ticks % CLEANUP_TICKS === 0) s.backoffs.expire(s.now)
}

function punishBrokenPromises(s: State): void {
  for (const [peer, count] of s.promises.broken(s.now)) s.scores.addPenalty(peer, count)
}

/** One decay for each interval that has passed: heartbeats may be longer, or shorter. */
function decayScores(s: State): void {
  const { decayInterval } = s.params.scoreParams
  if (s.decayedAt === Number.NEGATIVE_INFINITY) s.decayedAt = s.now
  for (; s.now - s.decayedAt >= decayInterval; s.decayedAt += decayInterval)
    s.scores.refresh(s.decayedAt + decayInterval)
  if (s.ticks % CLEANUP_TICKS === 0) s.scores.expireDeliveries(s.now)
}

function decayGater(s: State): void {
  if (s.gater === undefined) return
  const { decayInterval } = s.gater
  if (s.gaterDecayedAt === Number.NEGATIVE_INFINITY) s.gaterDecayedAt = s.now
  for (; s.now - s.gaterDecayedAt >= decayInterval; s.gaterDecayedAt += decayInterval) s.gater.decay(s.now)
}

/** At the first heartbeat, and from time to time: they are meant to be connected always. */
function connectDirectPeers(s: State): void {
  if (s.ticks % s.params.directConnectTicks !== 1 && s.params.directConnectTicks !== 1) return
  for (const [peer, peerId] of s.params.directPeers) {
    if (!s.peers.has(peer)) s.effects.push({ type: 'connect', offer: { peerId } })
  }
}

function maintainMeshes(s: State): void {
  for (const topic of s.mesh.topics()) {
    pruneBadPeers(s, topic)
    if (s.mesh.of(topic).size < s.params.Dlo) fillMesh(s, topic)
    if (s.mesh.of(topic).size >= s.params.Dhi) pruneExcess(s, topic)
    graftOutbound(s, topic)
    graftBetterPeers(s, topic)
    emitGossip(s, topic, s.mesh.of(topic))
  }
}

function pruneBadPeers(s: State, topic: string): void {
  for (const peer of [...s.mesh.of(topic)]) if (scoreOf(s, peer) < 0) prune(s, topic, peer, { px: false })
}

/** Keeps the best, some at random so that newcomers have a chance, and enough of those that we dialled. */
function pruneExcess(s: State, topic: string): void {
  const { D, Dscore, Dout } = s.params
  const ranked = byScore(s, s.mesh.of(topic)).reverse()
  const order = [...ranked.slice(0, Dscore), ...shuffle(ranked.slice(Dscore), s.random)]
  const isOutbound = (peer: PeerKey): boolean => s.peers.get(peer)?.isOutbound === true
  const kept = order.slice(0, D)
  const missing = Dout - kept.filter(isOutbound).length
  const more = missing > 0 ? order.slice(D).filter(isOutbound).slice(0, missing) : []
  // Those that they replace are the last, which are there by chance, and were not dialled by us.
  for (const peer of more) {
    const last = kept.findLastIndex(other => !isOutbound(other))
    if (last >= 0) kept[last] = peer
  }
  const staying = new Set(kept)
  for (const peer of order) if (!staying.has(peer)) prune(s, topic, peer, { px: true })
}

/** A mesh of peers that all came to us may be an attacker's. */
function graftOutbound(s: State, topic: string): void {
  const { Dlo, Dout } = s.params
  const mesh = s.mesh.of(topic)
  if (mesh.size < Dlo) return
  const outbound = [...mesh].filter(peer => s.peers.get(peer)?.isOutbound === true).length
  const picked = pickPeers(s, topic, Dout - outbound, peer => peer.isOutbound && mayGraft(s, topic, peer))
  for (const peer of picked) graft(s, topic, peer)
}

/** From time to time, a mesh whose median peer is not good gets some that are better than that. */
function graftBetterPeers(s: State, topic: string): void {
  const { opportunisticGraftTicks, opportunisticGraftPeers, scoreThresholds } = s.params
  const mesh = s.mesh.of(topic)
  if (s.ticks % opportunisticGraftTicks !== 0 || mesh.size <= 1) return
  const median = scoreOf(s, byScore(s, mesh)[Math.floor(mesh.size / 2)] as PeerKey)
  if (median >= scoreThresholds.opportunisticGraftThreshold) return
  const isBetter = (peer: PeerKey): boolean => scoreOf(s, peer) > median
  const picked = pickPeers(s, topic, opportunisticGraftPeers, peer => isBetter(peer.key) && mayGraft(s, topic, peer))
  for (const peer of picked) graft(s, topic, peer)
}

function maintainFanout(s: State): void {
  const { D, scoreThresholds } = s.params
  s.fanout.expire(s.now)
  const isGood = (key: PeerKey): boolean => scoreOf(s, key) >= scoreThresholds.publishThreshold
  for (const topic of s.fanout.topics()) {
    const peers = s.fanout.of(topic) as Set<PeerKey>
    const subscribers = s.subscriptions.of(topic)
    for (const peer of peers) if (!subscribers.has(peer) || !isGood(peer)) peers.delete(peer)
    const isFit = ({ key }: { key: PeerKey }): boolean => !peers.has(key) && !isDirect(s, key) && isGood(key)
    for (const peer of pickPeers(s, topic, D - peers.size, isFit)) peers.add(peer)
    emitGossip(s, topic, peers)
  }
}

function shiftCache(s: State): void {
  s.cache.shift()
  s.seen.turnOver(s.now)
}

function agePartials(s: State): void {
  s.partials?.age()
}

/** The worst is first; equals are in random order. */
function byScore(s: State, peers: Iterable<PeerKey>): PeerKey[] {
  const scored = shuffle([...peers], s.random).map(peer => ({ peer, score: scoreOf(s, peer) }))
  return scored.sort((a, b) => a.score - b.score).map(({ peer }) => peer)
}
