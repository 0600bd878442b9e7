/** Bytes of one RPC, either way. go-libp2p-pubsub: the same 1 MiB. Peers with a lower limit lose what is over theirs. */
export const MAX_MESSAGE_BYTES: number = 1024 * 1024

/** How many entries of a kind an RPC may have. Checked before they are decoded. The names are js-libp2p's. */
export interface DecodeRpcLimits {
  readonly maxSubscriptions: number
  readonly maxMessages: number
  /** Over all IHAVEs of the RPC. */
  readonly maxIhaveMessageIDs: number
  readonly maxIwantMessageIDs: number
  readonly maxIdontwantMessageIDs: number
  /** IHAVEs, IWANTs, GRAFTs, PRUNEs and IDONTWANTs together. */
  readonly maxControlMessages: number
  /** In one PRUNE. */
  readonly maxPeerInfos: number
}

/**
 * An RPC of 1 MiB holds some 22,000 honest ids of 46 bytes, and half a million empty ones, which cost 80 bytes each once
 * decoded. js-libp2p: 5,000 of each in one entry, with 5,000 entries. Peers: twice the 16 of go and js.
 */
export const DECODE_RPC_LIMITS: DecodeRpcLimits = {
  maxSubscriptions: 5000,
  maxMessages: 5000,
  maxIhaveMessageIDs: 50_000,
  maxIwantMessageIDs: 50_000,
  maxIdontwantMessageIDs: 50_000,
  maxControlMessages: 5000,
  maxPeerInfos: 32
}

/** Milliseconds for which an id is remembered as seen. go-libp2p-pubsub and js-libp2p: 120 s. */
export const SEEN_TTL_MS = 120_000

/** Ids remembered as seen; the oldest go first. At about 150 bytes each, 150 MB. go and js: no limit. */
export const MAX_SEEN = 1_000_000

/** Latest messages whose copies are recognised by their bytes, and how long they may be together. */
export const MAX_RECENT_MESSAGES = 1024
export const MAX_RECENT_BYTES: number = 8 * 1024 * 1024

/** Topics that one peer may be subscribed to. Further ones are ignored. js-libp2p: about 1,000 (1 MiB of bookkeeping). */
export const MAX_TOPICS_PER_PEER = 1000

/** Characters of a topic. Longer ones are ignored. The longest in use, of Ethereum's, have 60. */
export const MAX_TOPIC_CHARS = 1024

/** Authors whose keys are kept ready for use. Preparing one takes 3 to 6 µs, and it keeps about 1 KiB. */
export const MAX_AUTHORS = 4096

/** Messages that wait for one peer. go-libp2p-pubsub drops from 32 on; the public test harness sets 600. */
export const MAX_QUEUED_MESSAGES = 1024

/** Bytes of messages that wait for one peer, and of parts of messages. At 50 Mbit/s they take more than a second. */
export const MAX_QUEUED_BYTES: number = 16 * 1024 * 1024

/** Ids of each kind of gossip that wait for one peer; the oldest go first. Gossip is not worth waiting long for. */
export const MAX_QUEUED_IDS = 10_000

/** Milliseconds after which a forwarded message that still waits is old news. rust-libp2p: 1 s forwarded, 5 s published. */
export const FORWARD_TTL_MS = 5000

/** Milliseconds for which a peer may take nothing while something waits for it. go-libp2p-pubsub's write deadline: 30 s. */
export const STALL_TIMEOUT_MS = 30_000

/** Milliseconds for opening a stream. js-libp2p's for dialling a protocol: 10 s. */
export const OPEN_TIMEOUT_MS = 10_000

/** Milliseconds until a stream that could not be opened is tried again; doubled each time up to the second figure. */
export const REOPEN_DELAY_MS = 250
export const MAX_REOPEN_DELAY_MS = 30_000

/** Streams that a peer may have open to us at once on one connection. One is in use: a new one replaces the old. */
export const MAX_INBOUND_STREAMS = 4

/** Messages of one peer that wait for a signature check or validator; then it is not read from any more. */
export const MAX_PENDING_PER_PEER = 128

/** Messages that validators may work on at once; further ones are dropped. go-libp2p-pubsub: 1,024 per topic, 8,192 in all. */
export const VALIDATION_CONCURRENCY = 1024

/** Messages that wait for a loop over a topic; the oldest go first. go-libp2p-pubsub: 32, of which the newest go first. */
export const MAX_UNREAD_MESSAGES = 1024

/** Milliseconds for connecting to a peer that was offered in a PRUNE. go-libp2p-pubsub: 30 s. */
export const CONNECT_TIMEOUT_MS = 30_000

/** Peers to connect to that wait for their turn, and how many are dialled at once. go-libp2p-pubsub: 128 and 8. */
export const MAX_PENDING_CONNECTS = 128
export const MAX_CONCURRENT_CONNECTS = 8

/** Authors whose latest sequence number is remembered. */
export const MAX_AUTHORS_WITH_SEQNO = 100_000

/** Ids in the IDONTWANTs of one RPC that we send: go-libp2p-pubsub ignores what is over its `MaxIDontWantLength` of 10. */
export const IDONTWANT_IDS_PER_RPC = 10

/**
 * Bytes of an RPC of subscriptions and control that we send; there are several where that is not enough. rust-libp2p
 * since gossipsub 0.50 ends the stream over 16 KiB of them, and after five of those it takes no other.
 */
export const MAX_CONTROL_RPC_BYTES: number = 16 * 1024

/** Subscriptions in one RPC that we send. rust-libp2p since gossipsub 0.50 heeds none of an RPC with more than 100. */
export const SUBSCRIPTIONS_PER_RPC = 100

/** Peers whose ids a tracer keeps as bytes. */
export const MAX_TRACED_PEERS = 4096
