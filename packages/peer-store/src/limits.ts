/** Milliseconds for which an address is good unless its peer is connected or kept. go-libp2p and js-libp2p: 1 h too. */
export const ADDRESS_TTL_MS: number = 60 * 60 * 1000

/** Milliseconds for which the addresses of a peer outlive its last connection. go-libp2p: the same 15 min. */
export const RECENTLY_CONNECTED_TTL_MS: number = 15 * 60 * 1000

/** Milliseconds for which a peer without addresses is remembered after its last update. js-libp2p: 6 h too. */
export const PEER_TTL_MS: number = 6 * 60 * 60 * 1000

/** Peers known at once. A DHT server of the public network meets a few thousand an hour; each takes 3 to 4 KB. */
export const MAX_PEERS = 10_000

/**
 * Addresses of one peer, signed and unsigned counted apart. Honest peers have 2 to 40; a dial tries 25 at most.
 */
export const MAX_ADDRESSES_PER_PEER = 64

/** Addresses looked at of one update; the filter may refuse many of them. A signed record may hold as many. */
export const MAX_GIVEN_ADDRESSES = 500

/** Bytes of one address. Records have the same limit. */
export const MAX_ADDRESS_BYTES = 1024

/** Protocols of one peer. Kubo, with everything on, has about 30. */
export const MAX_PROTOCOLS_PER_PEER = 256

/** Lists of protocols that peers share. Peers of one program and version have the same list: a few hundred exist. */
export const MAX_SHARED_LISTS = 1024

/** Characters of a protocol's name. go-libp2p reads multistream lines of up to 1 KiB. */
export const MAX_PROTOCOL_CHARS = 1024

/** Entries of metadata and of tags, each, that one peer may have. The stack itself uses fewer than 10. */
export const MAX_ENTRIES_PER_PEER = 64

/** Characters of a metadata key or a tag's name. */
export const MAX_NAME_CHARS = 256

/** Bytes of all metadata of one peer. What identify stores there is under 1 KiB. */
export const MAX_METADATA_BYTES: number = 64 * 1024

/** The range of a tag's value, from the ecosystem's contract. */
export const MAX_TAG_VALUE = 100

/** Updates that may wait for an asynchronous address filter, for all peers together. */
export const MAX_WAITING_UPDATES = 10_000

/** Milliseconds between looks for what has expired. An expired address is never returned; this only frees memory. */
export const SWEEP_INTERVAL_MS: number = 5 * 60 * 1000

/** Milliseconds for which changes are gathered before they are written: what a killed process loses at most. */
export const WRITE_DELAY_MS = 1000

/** Peers written in one batch. About 250 KB, which LevelDB takes in one go and S3 in some seconds. */
export const MAX_WRITE_BATCH = 256

/** Failures after which one round of writing gives up. A batch shrinks fourfold each time, so 4 single peers are tried. */
export const MAX_FAILURES_PER_ROUND = 8

/** Milliseconds between rounds of writing while the datastore fails: doubled each time up to this. */
export const MAX_RETRY_DELAY_MS = 60_000

/** Deletions remembered for a datastore that fails. Those forgotten come back on the next start, and expire then. */
export const MAX_PENDING_DELETIONS = 10_000

/** Milliseconds for which `stop()` waits for the datastore to take the last changes. */
export const STOP_FLUSH_TIMEOUT_MS = 10_000

/** Characters of the name of who told of an address. */
export const MAX_SOURCE_LENGTH = 64
