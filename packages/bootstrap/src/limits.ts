/** Peers to be connected to before bootstrapping has nothing to do. As Kubo has it. */
export const MIN_PEERS = 4

/** Milliseconds between two looks at how many peers are connected. As Kubo has it. */
export const CHECK_INTERVAL_MS = 30_000

/** Milliseconds before what failed entirely is tried again, at first and at most. */
export const FIRST_RETRY_MS = 5000
export const MAX_RETRY_MS: number = 5 * 60_000

/** Milliseconds after the loss of a peer until another is sought: more may be lost with it. */
export const LOSS_SETTLE_MS = 1000

/** Dials at the same time. */
export const MAX_PARALLEL_DIALS = 4

/** Milliseconds that dialling one peer may take. */
export const DIAL_TIMEOUT_MS = 15_000

/** Addresses in the user's list, defaults included. The public network's list has 6. */
export const MAX_LISTED = 256

/** Addresses that one round takes of a list, names resolved. */
export const MAX_CANDIDATES = 512

/** Bytes of one address: what a peer record allows. */
export const MAX_ADDRESS_BYTES = 1024

/** Milliseconds that a connection must last before its peer has proven itself. */
export const PROVEN_AFTER_MS = 60_000

/** Proven peers that are kept. Kubo keeps 20. */
export const MAX_PROVEN_PEERS = 64

/** Addresses kept of a proven peer: those that we reached it by last. */
export const MAX_PROVEN_ADDRESSES = 4

/** Of the proven peers so many may be behind one /16 of IPv4, or /32 of IPv6: one operator cannot fill the cache. */
export const MAX_PROVEN_PER_NETWORK = 4

/** Milliseconds after which a proven peer that was not seen again is forgotten: 30 days. */
export const PROVEN_TTL_MS: number = 30 * 24 * 3_600_000

/** Milliseconds after which a proven peer makes room before those that were seen since: a day. */
export const MISSED_AFTER_MS: number = 24 * 3_600_000

/** Milliseconds between two writes of the cache, when nothing but times has changed. */
export const SAVE_INTERVAL_MS: number = 60 * 60_000
