import type { PeerKey, Subscription } from '@ts-libp2p/pubsub'
import { graft, leftMesh, pruneFor } from './grafting.ts'
import { newsOf, tell } from './news.ts'
import { mayGraft, pickPeers } from './select.ts'
import { isDirect, type State, scoreOf, send, trace } from './state.ts'

/** We join a topic: everybody is told, and the mesh begins with those that we published to, and others. */
export function join(s: State, topic: string): void {
  if (s.mesh.has(topic)) return
  trace(s, { type: 'join', topic })
  announce(s, { topic, subscribe: true, ...s.partials?.flags(topic) })
  const fanout = [...(s.fanout.of(topic) ?? [])]
  s.fanout.remove(topic)
  s.mesh.join(topic)
  const isFit = (peer: PeerKey): boolean => s.peers.has(peer) && mayGraft(s, topic, s.peers.get(peer)!)
  for (const peer of fanout.filter(isFit).slice(0, s.params.D)) graft(s, topic, peer)
  fillMesh(s, topic)
}

/** Grafts peers until the mesh has D. */
export function fillMesh(s: State, topic: string): void {
  const wanted = s.params.D - s.mesh.of(topic).size
  for (const peer of pickPeers(s, topic, wanted, candidate => mayGraft(s, topic, candidate))) graft(s, topic, peer)
}

/** We leave a topic. Its peers are told to wait a little before they ask us again. */
export function leave(s: State, topic: string): void {
  if (!s.mesh.has(topic)) return
  const backoffMs = s.params.unsubscribeBackoff
  announce(s, { topic, subscribe: false })
  for (const peer of s.mesh.leave(topic)) {
    leftMesh(s, topic, peer)
    send(s, peer, { control: { prune: [pruneFor(s, topic, peer, { px: true, backoffMs })] } })
    s.backoffs.add(topic, peer, backoffMs, s.now)
  }
  trace(s, { type: 'leave', topic })
}

/**
 * A peer came to a topic that we are in. It is grafted at once where the mesh has room, as rust-libp2p does, and is told
 * of the latest messages: those published before we knew of it would be lost to it otherwise.
 */
export function welcome(s: State, topic: string, key: PeerKey): void {
  const peer = s.peers.get(key)
  if (peer?.features.mesh !== true || isDirect(s, key)) return
  if (s.mesh.has(topic) && s.mesh.of(topic).size < s.params.Dlo && mayGraft(s, topic, peer)) graft(s, topic, key)
  const ids = s.cache.gossipIds(topic).slice(-s.params.maxIHaveLength)
  if (ids.length === 0 || scoreOf(s, key) < s.params.scoreThresholds.gossipThreshold) return
  tell(s, key, [newsOf(topic, ids)])
}

function announce(s: State, subscription: Subscription): void {
  for (const peer of s.peers.keys()) send(s, peer, { subscriptions: [subscription] })
}
