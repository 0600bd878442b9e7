import type { PeerKey, PeerOffer, Prune } from '@ts-libp2p/pubsub'
import { pickPeers } from './select.ts'
import { isDirect, type State, scoreOf, send, trace } from './state.ts'

/** Takes a peer into the mesh of a topic. The caller tells it. */
function addToMesh(s: State, topic: string, peer: PeerKey): void {
  s.mesh.add(topic, peer)
  s.scores.graft(peer, topic, s.now)
  s.effects.push({ type: 'graft', peer, topic })
  trace(s, { type: 'graft', peer, topic })
}

/** Takes it out again. */
export function removeFromMesh(s: State, topic: string, peer: PeerKey): void {
  if (s.mesh.remove(topic, peer)) leftMesh(s, topic, peer)
}

/** The peer is not in the mesh any more. */
export function leftMesh(s: State, topic: string, peer: PeerKey): void {
  s.scores.prune(peer, topic)
  s.effects.push({ type: 'prune', peer, topic })
  trace(s, { type: 'prune', peer, topic })
}

export function graft(s: State, topic: string, peer: PeerKey): void {
  addToMesh(s, topic, peer)
  send(s, peer, { control: { graft: [topic] } })
}

/** Takes a peer out of the mesh, tells it, and leaves it alone for a while. */
export function prune(s: State, topic: string, peer: PeerKey, options: { px: boolean }): void {
  removeFromMesh(s, topic, peer)
  s.backoffs.add(topic, peer, s.params.pruneBackoff, s.now)
  sendPrune(s, topic, peer, options)
}

function sendPrune(s: State, topic: string, peer: PeerKey, { px }: { px: boolean }): void {
  send(s, peer, { control: { prune: [pruneFor(s, topic, peer, { px, backoffMs: s.params.pruneBackoff })] } })
}

export function pruneFor(s: State, topic: string, peer: PeerKey, how: { px: boolean; backoffMs: number }): Prune {
  // Peers that speak 1.0 know nothing of the rest.
  if (s.peers.get(peer)?.features.peerExchange !== true) return { topic, peers: [] }
  const backoffSeconds = Math.ceil(how.backoffMs / 1000)
  return { topic, backoffSeconds, peers: how.px && s.params.doPX ? offers(s, topic, peer) : [] }
}

/** Peers that the pruned one can try instead, with the records that prove where they are. */
function offers(s: State, topic: string, pruned: PeerKey): PeerOffer[] {
  const isGood = ({ key }: { key: PeerKey }): boolean => key !== pruned && scoreOf(s, key) >= 0
  return pickPeers(s, topic, s.params.prunePeers, isGood).flatMap(key => {
    const peerId = s.peers.get(key)?.id
    return peerId === undefined ? [] : [{ peerId, signedPeerRecord: s.records.get(key) }]
  })
}

/** A peer wants us in its mesh of these topics. Where we do not want that, it is told. */
export function onGraft(s: State, peer: PeerKey, topics: readonly string[]): void {
  let px = true
  const refused: string[] = []
  for (const topic of topics) {
    const verdict = judgeGraft(s, topic, peer)
    if (verdict === 'accept') addToMesh(s, topic, peer)
    if (verdict === 'full' || verdict === 'refuse') refused.push(topic)
    // Peers are offered only to one that did nothing wrong.
    if (verdict === 'refuse' || verdict === 'unknown topic') px = false
  }
  for (const topic of refused) sendPrune(s, topic, peer, { px })
}

type GraftVerdict = 'accept' | 'there' | 'unknown topic' | 'full' | 'refuse'

function judgeGraft(s: State, topic: string, peer: PeerKey): GraftVerdict {
  const { mesh, params, peers } = s
  // Not answered: whoever makes topics up would get answers for free.
  if (!mesh.has(topic)) return 'unknown topic'
  if (mesh.of(topic).has(peer)) return 'there'
  if (isDirect(s, peer)) return 'refuse'
  if (isTooEarly(s, topic, peer) || scoreOf(s, peer) < 0) {
    s.backoffs.add(topic, peer, params.pruneBackoff, s.now)
    return 'refuse'
  }
  // A full mesh only takes those that we dialled: an attacker's connections are inbound.
  if (mesh.of(topic).size >= params.Dhi && peers.get(peer)?.isOutbound !== true) {
    s.backoffs.add(topic, peer, params.pruneBackoff, s.now)
    return 'full'
  }
  return peers.has(peer) ? 'accept' : 'there'
}

/** It was told to wait and did not. Costs it P7, twice when it did not even wait a moment. */
function isTooEarly(s: State, topic: string, peer: PeerKey): boolean {
  const { pruneBackoff, graftFloodThreshold } = s.params
  const endsAt = s.backoffs.endsAt(topic, peer)
  if (endsAt === undefined || s.now >= endsAt) return false
  s.scores.addPenalty(peer, s.now < endsAt + graftFloodThreshold - pruneBackoff ? 2 : 1)
  return true
}

/** A peer took us out of its mesh. */
export function onPrune(s: State, peer: PeerKey, prunes: readonly Prune[]): void {
  for (const { topic, backoffSeconds, peers } of prunes) {
    if (!s.mesh.has(topic)) continue
    removeFromMesh(s, topic, peer)
    const isGiven = backoffSeconds !== undefined && backoffSeconds > 0
    s.backoffs.add(topic, peer, isGiven ? backoffSeconds * 1000 : s.params.pruneBackoff, s.now)
    if (peers.length > 0 && scoreOf(s, peer) >= s.params.scoreThresholds.acceptPXThreshold) connectTo(s, peers)
  }
}

function connectTo(s: State, offered: readonly PeerOffer[]): void {
  for (const offer of offered.slice(0, s.params.prunePeers)) s.effects.push({ type: 'connect', offer })
}
