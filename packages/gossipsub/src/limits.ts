/** Messages whose copies are judged, the oldest go first. At 300 bytes each, 60 MB. Only topics that are scored count. */
export const MAX_DELIVERIES = 200_000

/** Peers with a score, those that went included; of those the first that went are forgotten first. go: no limit. */
export const MAX_RETAINED_SCORES = 50_000

/**
 * Bytes of gossip that an RPC of 16 KiB (`MAX_CONTROL_RPC_BYTES`) holds at least when there is more of it: what comes next
 * may take 4 KiB and a topic. Peers heed the IHAVEs of 10 RPCs between two heartbeats: this is how ours are counted.
 */
export const TOLD_BYTES_PER_RPC: number = 11 * 1024

/** Milliseconds that a peer can tell us to wait. Ours are a minute; who wants to be left alone for longer says so again. */
export const MAX_BACKOFF_MS = 3_600_000

/** Peers of one topic that have to wait; the first told are forgotten first. */
export const MAX_BACKOFFS_PER_TOPIC = 10_000

/** Bytes of cached messages. 5 s of 20 MB/s. go, js and rust: no limit. */
export const MAX_CACHE_BYTES: number = 128 * 1024 * 1024

/** Copies of a message whose first is being verified that are kept, in case that one is forged. */
export const MAX_WAITING_COPIES = 16

/** Twins of one message whose signatures are checked; further ones are dropped, forged or not. As many as copies wait. */
export const MAX_CHECKED_TWINS = 16

/** Groups of parts that peers may start in a topic, all together and each. go-libp2p-pubsub: the same. */
export const MAX_GROUPS_PER_TOPIC = 255
export const MAX_GROUPS_PER_PEER = 8

/** Heartbeats for which a group is kept, at least. go-libp2p-pubsub: the same. */
export const MIN_GROUP_HEARTBEATS = 3
