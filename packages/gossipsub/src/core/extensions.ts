import type { Control, Extensions, PeerKey } from '@ts-libp2p/pubsub'
import type { State } from './state.ts'

/** What go-libp2p-pubsub takes off for announcing extensions again. */
const REPEATED_EXTENSIONS_PENALTY = 10

/** What we say in the first RPC to a peer that speaks 1.3. */
export function ownExtensions(s: State): Extensions | undefined {
  return s.partials !== undefined ? { partialMessages: true } : undefined
}

/**
 * A peer says what it can do, in the first RPC of a stream and never again.
 * https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.3.md
 */
export function onExtensions(s: State, peer: PeerKey, control: Control | undefined, isFirst: boolean): void {
  const { extensions } = control ?? {}
  if (isFirst) s.extensions.set(peer, extensions ?? { partialMessages: false })
  else if (extensions !== undefined) s.scores.addPenalty(peer, REPEATED_EXTENSIONS_PENALTY)
}
