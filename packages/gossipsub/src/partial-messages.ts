import type { Partial } from '@ts-libp2p/pubsub'
import { PartialMessages } from './core/partial-messages.ts'

/** What the application does with messages in parts. `State` is whatever it keeps of a peer's share of a message. */
export interface PartialMessagesOptions<State = unknown> {
  /**
   * Parts came, or news of them. Must be quick. `peerStates` is the application's to read and write; a peer that goes is
   * taken out.
   */
  onPartial(from: string, partial: Partial, peerStates: Map<string, State | undefined>): void
  /** These peers, outside the mesh, can be sent parts of a group now: with `publishPartial`. */
  onGossip?(
    group: { readonly topic: string; readonly groupId: Uint8Array },
    peers: readonly string[],
    peerStates: Map<string, State | undefined>
  ): void
  /** Heartbeats for which a group is kept after it was published, 3 at least. Default 3. */
  readonly groupHeartbeats?: number
}

/** What the option `partialMessages` takes. */
export interface PartialExchange extends PartialMessagesOptions {
  readonly create: () => PartialMessages
}

/** For the option `partialMessages`: messages in parts, which only those load who name this function. */
export function partialMessages(options: PartialMessagesOptions): PartialExchange {
  return {
    onPartial: (...args) => options.onPartial(...args),
    onGossip: (...args) => options.onGossip?.(...args),
    create: () => new PartialMessages(options.groupHeartbeats ?? 0)
  }
}
