import type { RejectReason } from './counters.ts'
import type { MessageId } from './ids.ts'
import type { PubsubMessage } from './message.ts'
import type { PeerKey } from './router.ts'
import type { Control, Subscription } from './rpc.ts'

/** What an RPC was about. */
export interface RpcSummary {
  readonly messages: readonly { readonly id: MessageId; readonly topic: string }[]
  readonly subscriptions: readonly Subscription[]
  readonly control?: Control
}

/** Something that happened, as go-libp2p-pubsub's tracer tells it. */
export type TraceEvent =
  | { readonly type: 'publishMessage'; readonly message: PubsubMessage }
  | {
      readonly type: 'rejectMessage'
      readonly peer: PeerKey
      readonly message: PubsubMessage
      readonly reason: RejectReason
    }
  | { readonly type: 'duplicateMessage'; readonly peer: PeerKey; readonly id: MessageId; readonly topic: string }
  | { readonly type: 'deliverMessage'; readonly peer: PeerKey; readonly message: PubsubMessage }
  | { readonly type: 'addPeer'; readonly peer: PeerKey; readonly protocol: string }
  | { readonly type: 'removePeer'; readonly peer: PeerKey }
  | { readonly type: 'recvRpc' | 'sendRpc' | 'dropRpc'; readonly peer: PeerKey; readonly rpc: RpcSummary }
  | { readonly type: 'join' | 'leave'; readonly topic: string }
  | { readonly type: 'graft' | 'prune'; readonly peer: PeerKey; readonly topic: string }

/** Gets to see what happens, as it happens. Must be quick, and must not call back. What it throws is logged. */
export interface Tracer {
  /** `now`: Unix milliseconds. */
  trace(event: TraceEvent, now: number): void
}
