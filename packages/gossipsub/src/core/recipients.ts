import type { PeerKey, PubsubMessage } from '@ts-libp2p/pubsub'
import { fanoutFor } from './select.ts'
import { isDirect, type State, scoreOf } from './state.ts'

const NOBODY: readonly PeerKey[] = []
const NONE: ReadonlySet<PeerKey> = new Set()

/** Everybody in the topic that we think well enough of: who gets our own messages when they flood. */
export function everybody(s: State, message: PubsubMessage): PeerKey[] {
  const { publishThreshold } = s.params.scoreThresholds
  const isFit = (peer: PeerKey): boolean => isDirect(s, peer) || scoreOf(s, peer) >= publishThreshold
  const peers = [...s.subscriptions.of(message.topic).keys()]
  return peers.filter(peer => isFit(peer) && mayGet(s, peer, message, NONE))
}

/**
 * Who gets a message: direct peers, those that only know floodsub, and the mesh, or the fanout where there is none. Not
 * `senders`, who have it.
 */
export function recipients(s: State, message: PubsubMessage, senders: ReadonlySet<PeerKey> = NONE): PeerKey[] {
  const { topic, id } = message
  const served = alwaysServed(s, topic).filter(peer => mayGet(s, peer, message, senders))
  const picked = [...(s.mesh.has(topic) ? s.mesh.of(topic) : fanoutFor(s, topic))]
  const others = picked.filter(peer => mayGet(s, peer, message, senders) && !s.dontWants.has(peer, id))
  return served.length === 0 ? others : [...new Set([...served, ...others])]
}

function alwaysServed(s: State, topic: string): readonly PeerKey[] {
  if (s.params.directPeers.size === 0 && s.floodsubPeers.size === 0) return NOBODY
  const { publishThreshold } = s.params.scoreThresholds
  return [...s.subscriptions.of(topic).keys()].filter(
    peer => isDirect(s, peer) || (s.floodsubPeers.has(peer) && scoreOf(s, peer) >= publishThreshold)
  )
}

/** Neither who sent it to us, nor its author, nor who gets it in parts. */
function mayGet(s: State, peer: PeerKey, message: PubsubMessage, senders: ReadonlySet<PeerKey>): boolean {
  if (senders.has(peer) || peer === message.author || !s.peers.has(peer)) return false
  return s.partials?.gets(s, message.topic, peer) !== true
}
