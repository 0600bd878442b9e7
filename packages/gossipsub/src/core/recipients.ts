import type { PeerKey, PubsubMessage } from '@ts-libp2p/pubsub'
import { getsParts } from './partial-messages.ts'
import { fanoutFor } from './select.ts'
import { isDirect, type State, scoreOf } from './state.ts'

/** Everybody in the topic that we think well enough of: who gets our own messages when they flood. */
export function everybody(s: State, message: PubsubMessage): PeerKey[] {
  const { publishThreshold } = s.params.scoreThresholds
  const isFit = (peer: PeerKey): boolean => isDirect(s, peer) || scoreOf(s, peer) >= publishThreshold
  const peers = [...s.subscriptions.of(message.topic).keys()]
  return peers.filter(peer => isFit(peer) && mayGet(s, peer, message, undefined))
}

/** Who gets a message: direct peers, those that only know floodsub, and the mesh, or the fanout where there is none. */
export function recipients(s: State, message: PubsubMessage, from: PeerKey | undefined): PeerKey[] {
  const { topic, id } = message
  const chosen = new Set(alwaysServed(s, topic))
  for (const peer of s.mesh.has(topic) ? s.mesh.of(topic) : fanoutFor(s, topic)) {
    if (!s.dontWants.has(peer, id)) chosen.add(peer)
  }
  return [...chosen].filter(peer => mayGet(s, peer, message, from))
}

function* alwaysServed(s: State, topic: string): Generator<PeerKey> {
  if (s.params.directPeers.size === 0 && s.floodsubPeers.size === 0) return
  const { publishThreshold } = s.params.scoreThresholds
  for (const peer of s.subscriptions.of(topic).keys()) {
    if (isDirect(s, peer)) yield peer
    else if (s.floodsubPeers.has(peer) && scoreOf(s, peer) >= publishThreshold) yield peer
  }
}

/** Neither who sent it to us, nor its author, nor who gets it in parts. */
function mayGet(s: State, peer: PeerKey, message: PubsubMessage, from: PeerKey | undefined): boolean {
  return peer !== from && peer !== message.author && s.peers.has(peer) && !getsParts(s, message.topic, peer)
}
