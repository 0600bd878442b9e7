import type { PeerId, PeerStore } from '@ts-libp2p/interface'
import type { SwarmConnection } from './connection.ts'
import { hostOf } from './host.ts'
import { choosePruned, type PruneCandidate, type PrunePolicy } from './pruning.ts'

export interface Pruning {
  readonly open: readonly SwarmConnection[]
  readonly policy: PrunePolicy
  readonly now: number
  readonly peerStore: PeerStore
  readonly isProtected: (peer: PeerId) => boolean
}

/** The connections to close. What they are worth is in the tags of their peers. */
export async function leastValuable(pruning: Pruning): Promise<SwarmConnection[]> {
  const candidates = await Promise.all(pruning.open.map(connection => candidate(connection, pruning)))
  return choosePruned(candidates, pruning.policy, pruning.now)
}

async function candidate(connection: SwarmConnection, pruning: Pruning): Promise<PruneCandidate<SwarmConnection>> {
  const peer = connection.remotePeer
  const tags = await tagsOf(peer, pruning.peerStore)
  return {
    id: connection,
    value: tags.reduce((sum, [, value]) => sum + value, 0),
    host: hostOf(connection.remoteAddr),
    openedAt: connection.timeline.open,
    streams: connection.streams.length,
    direction: connection.direction,
    isProtected: pruning.isProtected(peer) || tags.some(([name]) => name.startsWith('keep-alive'))
  }
}

async function tagsOf(peer: PeerId, peerStore: PeerStore): Promise<[string, number][]> {
  try {
    const { tags } = await peerStore.get(peer)
    return [...tags].map(([name, tag]) => [name, tag.value])
  } catch {
    // An unknown peer has no tags.
    return []
  }
}
