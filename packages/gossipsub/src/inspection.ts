import type { PeerKey } from '@ts-libp2p/pubsub'
import type { State } from './core/state.ts'

/** What is known of a peer. */
export interface InspectedPeer {
  readonly peerId: string
  readonly score: number
  readonly isOutbound: boolean
  readonly speaksFloodsubOnly: boolean
  readonly topics: readonly string[]
}

/** What a router knows. */
export interface Inspection {
  readonly peers: readonly InspectedPeer[]
  readonly mesh: Readonly<Record<string, readonly string[]>>
  readonly fanout: Readonly<Record<string, readonly string[]>>
  readonly cache: { readonly messages: number; readonly bytes: number }
  /** Ids that are remembered, and messages asked for that have not come. */
  readonly seen: number
  readonly promises: number
  readonly heartbeats: number
}

export function inspect(s: State): Inspection {
  const listed = (topics: readonly string[], of: (topic: string) => Iterable<PeerKey>): Record<string, string[]> => {
    return Object.fromEntries(topics.map(topic => [topic, [...of(topic)]]))
  }
  return {
    peers: [...s.peers.values()].map(({ key, isOutbound, features }) => ({
      ...{ peerId: key, score: s.scores.score(key), isOutbound, speaksFloodsubOnly: !features.mesh },
      topics: [...s.subscriptions.topicsOf(key)]
    })),
    mesh: listed(s.mesh.topics(), topic => s.mesh.of(topic)),
    fanout: listed(s.fanout.topics(), topic => s.fanout.of(topic) ?? []),
    cache: { messages: s.cache.size, bytes: s.cache.byteLength },
    ...{ seen: s.seen.size, promises: s.promises.size, heartbeats: s.ticks }
  }
}
