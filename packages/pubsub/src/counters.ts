/** Why a message, or an RPC, went no further. The texts of what validation decides are those of go-libp2p-pubsub's tracer. */
export type RejectReason =
  | 'missing signature'
  | 'invalid signature'
  | 'unexpected signature'
  | 'unexpected auth info'
  | 'self originated message'
  | 'blacklisted peer'
  | 'blacklisted source'
  | 'validation queue full'
  | 'validation throttled'
  | 'validation failed'
  | 'validation ignored'

export type DropReason =
  | RejectReason
  /** RPCs of peers whose score is below the graylist threshold. */
  | 'graylisted'
  /** Messages of peers that the gater holds back. */
  | 'gated'
  /** RPCs, or messages, that are not what they should be. */
  | 'malformed'
  | 'too many entries'
  /** Messages of topics that we are not in. */
  | 'not subscribed'
  /** Known already: the usual fate of all copies but the first. */
  | 'duplicate'
  /** Not the message with their id that is being judged, or was rejected, but another one. */
  | 'twin'
  /** An author's sequence number that is not above those before. */
  | 'replayed'
  /** Messages to a peer that takes them too slowly. */
  | 'queue full'
  | 'stale'
  /** Messages that waited for a peer when it went, or said that it does not want them. */
  | 'peer gone'
  | 'unwanted'
  /** Gossip to a slow peer. */
  | 'gossip queue full'
  /** Ids that a peer was not told, because it heeds no more between two heartbeats. */
  | 'untold'
  /** Messages that a loop over a topic did not take in time. */
  | 'unread'
  /** Control entries over what a peer may send between two heartbeats. */
  | 'over allowance'
  /** What a peer wants that is not, or no more, in the cache, or that it asked for too often. */
  | 'not in cache'
  | 'asked too often'
  /** Messages pushed out of the cache before their time, because it is full. */
  | 'cache full'
  /** Subscriptions over the limit of a peer, or not allowed. */
  | 'subscription refused'

export interface Counters {
  /** Messages from peers, copies included. */
  received: number
  /** Bytes of RPCs, without the lengths before them. */
  receivedBytes: number
  sentBytes: number
  /** Messages handed to the application. */
  delivered: number
  /** Messages of our own. */
  published: number
  /** Copies sent to peers, our own messages included. */
  sent: number
  /** What went no further, by reason. */
  dropped: Map<DropReason, number>
}

export function newCounters(): Counters {
  return { received: 0, receivedBytes: 0, sentBytes: 0, delivered: 0, published: 0, sent: 0, dropped: new Map() }
}

export function countDrop({ dropped }: Counters, reason: DropReason, count = 1): void {
  if (count > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + count)
}
