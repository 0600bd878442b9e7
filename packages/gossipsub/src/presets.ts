import { messageIds, StrictNoSign } from '@ts-libp2p/pubsub'
import type { GossipParams } from './core/params.ts'
import type { GossipsubOptions } from './options.ts'

/**
 * The parameters unless told otherwise. Where implementations differ from the spec, and agree with each other, theirs.
 * https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.0.md#parameters
 */
export const defaultParams: GossipParams = {
  D: 6, // spec
  Dlo: 5, // go-libp2p-pubsub, rust-libp2p; spec and js-libp2p: 4
  Dhi: 12, // spec
  Dscore: 4, // spec 1.1: 4 or 5
  Dout: 2, // spec 1.1
  Dlazy: 6, // spec
  gossipFactor: 0.25, // spec 1.1
  heartbeatInterval: 1000, // spec
  heartbeatInitialDelay: 100, // go-libp2p-pubsub
  fanoutTTL: 60_000, // spec
  mcacheLength: 5, // spec
  mcacheGossip: 3, // spec
  seenTTL: 120_000, // spec
  gossipRetransmission: 3, // go-libp2p-pubsub
  prunePeers: 16, // go-libp2p-pubsub; spec 1.1: more than Dhi
  pruneBackoff: 60_000, // spec 1.1
  unsubscribeBackoff: 10_000, // spec 1.1
  graftFloodThreshold: 10_000, // go-libp2p-pubsub
  opportunisticGraftPeers: 2, // spec 1.1
  opportunisticGraftTicks: 60, // spec 1.1: once a minute
  directConnectTicks: 300, // spec 1.1: 5 minutes
  maxIHaveLength: 5000, // go-libp2p-pubsub
  maxIHaveMessages: 10, // go-libp2p-pubsub
  gossipsubIWantFollowupMs: 3000, // go-libp2p-pubsub
  // Measured: at 1 KiB it spares one duplicate of 17 and costs 5 % more bytes, and twice the packets (docs/pubsub.md).
  idontwantMinDataSize: 4096, // go-libp2p-pubsub: 1024, js-libp2p: 512, rust-libp2p: 1000
  idontwantMaxMessages: 10_000, // go-libp2p-pubsub: 1,000 RPCs of 10 ids; js-libp2p: 512 ids
  idontwantTTL: 3 // go-libp2p-pubsub
}

/**
 * For the topics of Ethereum's consensus layer. The data transform (snappy) and the score of each topic, which depends on
 * the number of validators, are the application's.
 * https://github.com/ethereum/consensus-specs/blob/master/specs/phase0/p2p-interface.md#the-gossip-domain-gossipsub
 */
export const ethereumConsensus: GossipsubOptions = {
  globalSignaturePolicy: StrictNoSign,
  msgIdFn: messageIds.ethereum,
  D: 8,
  Dlo: 6,
  Dhi: 12,
  Dlazy: 6,
  heartbeatInterval: 700,
  fanoutTTL: 60_000,
  mcacheLength: 6,
  mcacheGossip: 3,
  // SLOTS_PER_EPOCH * SECONDS_PER_SLOT * 2 seconds
  seenTTL: 768_000,
  // MAX_PAYLOAD_SIZE of 10 MiB, and what snappy adds at worst: 32 + n + n/6 bytes, and 1024 for the rest
  maxMessageSize: 32 + 10_485_760 + Math.ceil(10_485_760 / 6) + 1024,
  // Ours are not flooded: blocks are large, and the mesh is wide.
  floodPublish: false
}

/**
 * For few and small messages over slow links: fewer copies of each, slower heartbeats, and early word of what need not be
 * sent. A message may take a heartbeat or two longer where a link of the sparse mesh fails.
 */
export const lowBandwidth: GossipsubOptions = {
  D: 4, // a random graph of degree 4 is connected with high probability up to some thousand nodes
  Dlo: 3,
  Dhi: 6,
  Dscore: 2, // as with the default's D: about two thirds
  Dout: 1, // below Dlo, and below D / 2
  Dlazy: 3,
  heartbeatInterval: 2000,
  mcacheLength: 5,
  mcacheGossip: 3,
  floodPublish: false,
  idontwantMinDataSize: 256 // five times the id
}
