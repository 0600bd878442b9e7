/** Timers that `runAll` fires before it calls the run endless: a heartbeat that re-arms itself never ends. */
export const MAX_TIMERS_PER_RUN = 100_000

/** Bytes that `collect` gathers before it gives up: more than any test sends, less than a worker's memory. */
export const MAX_COLLECTED_BYTES: number = 64 * 1024 * 1024

/** Bytes under way on a test wire in one direction before the sender is held back: a 1 Gbit/s link of 8 ms. */
export const MAX_BYTES_IN_FLIGHT: number = 1024 * 1024

/**
 * Event loop turns without progress after which a wait is called a deadlock. Native asynchronous work (WebCrypto, a
 * socket on loopback) ends within tens of turns; a turn without work takes about a microsecond.
 */
export const MAX_IDLE_TURNS = 200_000

/** Event loop turns granted to native asynchronous work before virtual time moves on a counted link. */
export const PATIENCE_TURNS = 200

/** Things that a test may leave in a queue: more than any suite opens at once. */
export const MAX_QUEUED_ITEMS = 100_000

/** Bytes that may be on the way to a reader that sleeps: stream, muxer, connection and wire buffers of both ends. */
export const MAX_STALLED_BYTES: number = 4 * 1024 * 1024

/** Chunks into which `randomChunks` cuts, about, when it draws their size itself. */
export const MAX_RANDOM_CHUNKS = 10_000

/** Bytes of a peer id in `nullSecurity`. An Ed25519 id has 38. */
export const MAX_NULL_SECURITY_BYTES = 128
