import type { Partial } from '@ts-libp2p/pubsub'

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
