import type { PeerKey } from '@ts-libp2p/pubsub'
import { shuffle } from './shuffle.ts'
import { isDirect, type Peer, type State, scoreOf } from './state.ts'

/** Up to `count` peers of a topic that speak gossipsub and pass the filter, picked at random. */
export function pickPeers(s: State, topic: string, count: number, filter: (peer: Peer) => boolean): PeerKey[] {
  if (count <= 0) return []
  const peers: PeerKey[] = []
  for (const key of s.subscriptions.of(topic).keys()) {
    const peer = s.peers.get(key)
    if (peer?.features.mesh === true && filter(peer)) peers.push(key)
  }
  return shuffle(peers, s.random).slice(0, count)
}

/** Whether we may have it in the mesh of a topic. */
export function mayGraft(s: State, topic: string, { key }: Peer): boolean {
  const isFree = !s.mesh.of(topic).has(key) && !isDirect(s, key)
  return isFree && !s.backoffs.holds(topic, key, s.now) && scoreOf(s, key) >= 0
}

/** The peers that get what we publish to a topic that we are not in. They stay the same for a while. */
export function fanoutFor(s: State, topic: string): ReadonlySet<PeerKey> {
  const peers = s.fanout.touch(topic, s.now)
  const { publishThreshold } = s.params.scoreThresholds
  const isFit = ({ key }: { key: PeerKey }): boolean => !isDirect(s, key) && scoreOf(s, key) >= publishThreshold
  if (peers.size === 0) for (const peer of pickPeers(s, topic, s.params.D, isFit)) peers.add(peer)
  return peers
}
