import type { PeerKey } from '@ts-libp2p/pubsub'
import type { PeerScoreParams, PeerScoreThresholds } from '../score/params.ts'
import type { PartialMessages } from './partial-messages.ts'
import type { NewPeerGater } from './peer-gater.ts'

/**
 * The parameters of the overlay and its gossip, by js-libp2p's names. Times are milliseconds.
 * https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.0.md#parameters
 */
export interface GossipParams {
  /** Peers that a mesh should have, and below and above which something is done about it. */
  readonly D: number
  readonly Dlo: number
  readonly Dhi: number
  /** Of those kept when there are too many: the best by score, and those that we dialled. */
  readonly Dscore: number
  readonly Dout: number
  /** Peers outside the mesh that are told what we have, at least; and the share of them when there are many. */
  readonly Dlazy: number
  readonly gossipFactor: number
  readonly heartbeatInterval: number
  readonly heartbeatInitialDelay: number
  readonly fanoutTTL: number
  /** Heartbeats for which messages are kept, and told of. */
  readonly mcacheLength: number
  readonly mcacheGossip: number
  readonly seenTTL: number
  /** How often a peer may ask for one message. */
  readonly gossipRetransmission: number
  /** Peers offered to one that is pruned. */
  readonly prunePeers: number
  readonly pruneBackoff: number
  readonly unsubscribeBackoff: number
  /** A GRAFT so soon after a PRUNE counts twice. */
  readonly graftFloodThreshold: number
  readonly opportunisticGraftPeers: number
  /** Heartbeats between attempts. */
  readonly opportunisticGraftTicks: number
  readonly directConnectTicks: number
  /** Ids in an IHAVE, and RPCs with IHAVEs of a peer between heartbeats, either way. */
  readonly maxIHaveLength: number
  readonly maxIHaveMessages: number
  readonly gossipsubIWantFollowupMs: number
  /** Bytes from which on others are told at once that we have a message. */
  readonly idontwantMinDataSize: number
  /** Ids that a peer may say it does not want between heartbeats. */
  readonly idontwantMaxMessages: number
  /** Heartbeats for which that is remembered. */
  readonly idontwantTTL: number
}

/** What the core needs to know. */
export interface CoreParams extends GossipParams {
  /** Best first. */
  readonly protocols: readonly string[]
  readonly isAllowed: (topic: string) => boolean
  readonly floodPublish: boolean
  readonly doPX: boolean
  /** Peers that are always connected to and get everything, with the bytes of their ids. */
  readonly directPeers: ReadonlyMap<PeerKey, Uint8Array>
  readonly scoreParams: PeerScoreParams
  readonly scoreThresholds: PeerScoreThresholds
  readonly peerGater: NewPeerGater | undefined
  readonly partials: (() => PartialMessages) | undefined
}
