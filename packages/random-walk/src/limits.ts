/** Milliseconds between the beginnings of two lookups, however many ask. */
export const MIN_INTERVAL_MS = 1000

/** Milliseconds between lookups when nobody asks: go-libp2p refreshes its table every 10 minutes, rust-libp2p every 5. */
export const INTERVAL_MS: number = 5 * 60_000

/** Lookups right after the start: each fills about as many buckets as it takes hops. */
export const INITIAL_LOOKUPS = 3

/** Milliseconds that a lookup may take. js-libp2p allows 30 s. */
export const LOOKUP_TIMEOUT_MS = 30_000

/** Milliseconds before a failed lookup is followed by another, at first and at most. */
export const FIRST_RETRY_MS = 1000
export const MAX_RETRY_MS = 60_000

/** Peers taken of one lookup. A DHT answers with 20. */
export const MAX_PEERS_PER_LOOKUP = 100

/** Those who may walk at the same time. */
export const MAX_WALKERS = 256

/** Peers that wait for a walker; one who reads slower misses the oldest. */
export const MAX_QUEUED_PEERS = 128

/** Peers that a walker is not told of again. */
export const MAX_REMEMBERED_PEERS = 1024

/** Bytes of a random key: routing tables hash what they look for. */
export const KEY_BYTES = 32
