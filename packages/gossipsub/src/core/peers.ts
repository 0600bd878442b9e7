import { peerIdFromString, peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Input, PeerKey, Subscription } from '@ts-libp2p/pubsub'
import { countDrop } from '@ts-libp2p/pubsub'
import { ownExtensions } from './extensions.ts'
import { removeFromMesh } from './grafting.ts'
import { welcome } from './joining.ts'
import { featuresOf } from './protocols.ts'
import { type State, send, trace } from './state.ts'

/** A stream to the peer is open. What we say first are all our topics. */
export function onPeerUp(s: State, { peer: key, protocol, link }: Input & { type: 'peerUp' }): void {
  const features = featuresOf(protocol)
  s.peers.set(key, { key, id: peerIdToBytes(peerIdFromString(key)), features, isOutbound: link.isOutbound })
  if (!features.mesh) s.floodsubPeers.add(key)
  s.scores.addPeer(key, link.ips)
  s.gater?.addPeer(key, link.ips[0] ?? key)
  trace(s, { type: 'addPeer', peer: key, protocol })
  const subscriptions = s.mesh.topics().map(topic => ({ topic, subscribe: true, ...s.partials?.flags(topic) }))
  const extensions = features.extensions ? ownExtensions(s) : undefined
  if (subscriptions.length > 0 || extensions !== undefined) send(s, key, { subscriptions, extensions })
  // Its topics may have come before: its stream to us can be the first of the two.
  for (const topic of s.subscriptions.topicsOf(key)) welcome(s, topic, key)
}

/** It is gone, or cannot be sent to for now. */
export function onPeerDown(s: State, peer: PeerKey): void {
  if (!s.peers.delete(peer)) return
  trace(s, { type: 'removePeer', peer })
  for (const topic of s.mesh.removePeer(peer)) s.effects.push({ type: 'prune', peer, topic })
  s.fanout.removePeer(peer)
  s.dontWants.removePeer(peer)
  s.scores.removePeer(peer, s.now)
  s.gater?.removePeer(peer, s.now)
  s.partials?.forget(peer)
  s.floodsubPeers.delete(peer)
  s.records.delete(peer)
}

/** Nothing that the peer said holds any more: it says all of it again on its next stream. */
export function onInboundClosed(s: State, peer: PeerKey): void {
  const topics = s.subscriptions.remove(peer)
  if (!s.peers.has(peer)) {
    s.scores.removePeer(peer, s.now)
    s.partials?.forget(peer)
  }
  s.extensions.delete(peer)
  for (const topic of topics) noLongerIn(s, topic, peer)
  if (topics.length === 0) return
  const subscriptions = topics.map(topic => ({ topic, subscribe: false }))
  s.effects.push({ type: 'subscriptionChange', peer, subscriptions })
}

/** The peer comes to topics, or leaves some. */
export function onSubscriptions(s: State, peer: PeerKey, subscriptions: readonly Subscription[]): void {
  const { changes, refused } = s.subscriptions.apply(peer, subscriptions)
  countDrop(s.counters, 'subscription refused', refused)
  for (const { topic, subscribe } of changes) {
    if (subscribe) welcome(s, topic, peer)
    else noLongerIn(s, topic, peer)
  }
  if (changes.length > 0) s.effects.push({ type: 'subscriptionChange', peer, subscriptions: changes })
}

function noLongerIn(s: State, topic: string, peer: PeerKey): void {
  s.fanout.of(topic)?.delete(peer)
  s.partials?.forgetIn(topic, peer)
  removeFromMesh(s, topic, peer)
}
