import type { Counters, RejectReason } from './counters.ts'
import type { PubsubMessage } from './message.ts'
import type { Control, Extensions, Partial, PeerOffer, Subscription } from './rpc.ts'

/** A peer as routers know it: base58 of its id. */
export type PeerKey = string

/** What a validator said, or that none was free to say it. */
export type Verdict = 'accept' | 'reject' | 'ignore' | 'throttled'

/** What happens to a router. */
export type Input =
  /** A stream to the peer is open. */
  | { readonly type: 'peerUp'; readonly peer: PeerKey; readonly protocol: string; readonly link: PeerLinkInfo }
  /** It is gone. */
  | { readonly type: 'peerDown'; readonly peer: PeerKey }
  /** A stream from the peer begins: what follows is its first RPC. Or it ended, and nothing it said holds any more. */
  | { readonly type: 'inboundOpened'; readonly peer: PeerKey }
  | { readonly type: 'inboundClosed'; readonly peer: PeerKey }
  | { readonly type: 'subscriptions'; readonly peer: PeerKey; readonly subscriptions: readonly Subscription[] }
  /** Read, not verified yet. It may be a copy all the same: of one that was accepted while this one was being read. */
  | { readonly type: 'message'; readonly peer: PeerKey; readonly message: PubsubMessage }
  /** A copy of a message, which the router `recognises`. */
  | { readonly type: 'copy'; readonly peer: PeerKey; readonly id: string; readonly topic: string }
  /** A message that breaks the signature policy, or that cannot be read. */
  | { readonly type: 'invalidMessage'; readonly peer: PeerKey; readonly topic: string; readonly reason: RejectReason }
  | { readonly type: 'verified'; readonly peer: PeerKey; readonly message: PubsubMessage; readonly isValid: boolean }
  | { readonly type: 'validated'; readonly peer: PeerKey; readonly message: PubsubMessage; readonly verdict: Verdict }
  /** The end of an RPC. `isFirst` of its stream. */
  | {
      readonly type: 'control'
      readonly peer: PeerKey
      readonly control: Control | undefined
      readonly partial: Partial | undefined
      readonly isFirst: boolean
    }
  /** A signed record of where a connected peer can be reached, to be passed on. */
  | { readonly type: 'peerRecord'; readonly peer: PeerKey; readonly record: Uint8Array }
  /** Messages that were not read, because the peer is gated. */
  | { readonly type: 'gated'; readonly peer: PeerKey; readonly count: number }
  /** An RPC over the limits, or with messages that cannot be read. */
  | { readonly type: 'misbehaved'; readonly peer: PeerKey }
  | { readonly type: 'publish'; readonly message: PubsubMessage; readonly floods: boolean | undefined }
  | { readonly type: 'subscribe'; readonly topic: string }
  | { readonly type: 'unsubscribe'; readonly topic: string }
  | { readonly type: 'heartbeat' }

/** What is known of the way to a peer. */
export interface PeerLinkInfo {
  /** We dialled it. */
  readonly isOutbound: boolean
  /** Addresses it is connected from, loopback left out, of IPv6 the /64 too. */
  readonly ips: readonly string[]
}

/** Parts of RPCs to be sent: those for one peer are gathered. */
export interface RpcParts {
  readonly subscriptions?: readonly Subscription[]
  readonly extensions?: Extensions
  readonly control?: { readonly [Kind in Exclude<keyof Control, 'extensions'>]?: Control[Kind] }
  readonly partial?: Partial
}

/** What a router wants done. */
export type Effect =
  | { readonly type: 'send'; readonly peer: PeerKey; readonly parts: RpcParts }
  | {
      readonly type: 'forward'
      readonly peers: readonly PeerKey[]
      readonly message: PubsubMessage
      readonly kind: Kind
    }
  /** Take what waits for the peer back: it has these messages. */
  | { readonly type: 'cancel'; readonly peer: PeerKey; readonly ids: readonly string[] }
  /** Check the signature, and answer with `verified`. */
  | { readonly type: 'verify'; readonly peer: PeerKey; readonly message: PubsubMessage }
  /** Ask the validators, and answer with `validated`. */
  | { readonly type: 'validate'; readonly peer: PeerKey; readonly message: PubsubMessage }
  | { readonly type: 'deliver'; readonly peer: PeerKey | undefined; readonly message: PubsubMessage }
  | { readonly type: 'subscriptionChange'; readonly peer: PeerKey; readonly subscriptions: readonly Subscription[] }
  | { readonly type: 'graft'; readonly peer: PeerKey; readonly topic: string }
  | { readonly type: 'prune'; readonly peer: PeerKey; readonly topic: string }
  | { readonly type: 'connect'; readonly offer: PeerOffer }
  /** Parts of a message came: the application puts them together. */
  | {
      readonly type: 'partial'
      readonly peer: PeerKey
      readonly partial: Partial
      readonly peerStates: Map<PeerKey, unknown>
    }
  /** The application may send parts to these peers. */
  | {
      readonly type: 'partialGossip'
      readonly topic: string
      readonly groupId: Uint8Array
      readonly peers: readonly PeerKey[]
      readonly peerStates: Map<PeerKey, unknown>
    }

/** Why a message is sent: what is our own goes first and waits longest, what is asked for or passed on may be dropped. */
export type Kind = 'own' | 'forward' | 'answer'

/** What of a peer's RPCs is looked at. */
export type Acceptance = 'all' | 'control' | 'none'

/** A router: decides, and does nothing itself. No stream, no timer, no promise, no clock. */
export interface Router {
  /** What it speaks, best first. */
  readonly protocols: readonly string[]
  readonly counters: Counters
  /** Milliseconds between heartbeats, and until the first. Zero: none. */
  readonly heartbeatMs: number
  readonly heartbeatDelayMs: number
  /** How much of what a peer sends now is to be read. */
  accepts(peer: PeerKey, now: number): Acceptance
  /** The effects are to be carried out in order. */
  handle(input: Input, now: number): readonly Effect[]
  /** Whether a message was published or accepted before. */
  hasSeen(id: string): boolean
  /** Whether a message with the id and these bytes is a copy that need not be read any further. Asked of all that come. */
  recognises(id: string, bytes: Uint8Array): boolean
  /** Topics that we are in. */
  topics(): string[]
  /** Peers that a stream leads to. */
  peers(): PeerKey[]
  /** Peers that are in a topic. */
  subscribers(topic: string): PeerKey[]
}
