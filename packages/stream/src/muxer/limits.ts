/** Bytes that a muxer gathers before it asks the connection whether there is room: the connection's own high water. */
export const MAX_BATCH_BYTES: number = 256 * 1024

/** Bytes of a session's first array for frame headers. Doubled with every next: most connections need few. */
export const FIRST_SLAB_BYTES = 128

/** Bytes of the largest arrays that frame headers are written into. 341 yamux headers share one allocation. */
export const HEADER_SLAB_BYTES: number = 4 * 1024

/** Inbound streams that wait until somebody listens for them. js-libp2p: 10, and it ends the connection at more. */
export const MAX_EARLY_STREAMS = 32

/** Callers that may wait for a peer to acknowledge earlier streams. Each costs a promise; a peer's limit is far lower. */
export const MAX_WAITING_OPENERS = 4096

/** Streams of a peer that may come to nothing (rejected, or reset by either side) at once before the connection is ended. */
export const MAX_CHURN_BURST = 2048

/** The same per second in the long run. HTTP/2 servers tolerate 100 to 200 after the rapid-reset attack. */
export const MAX_CHURN_PER_SECOND = 256

/** Milliseconds that `close()` without a signal waits for what was sent to leave, and then for the remote's end. */
export const GRACEFUL_CLOSE_MS = 5_000

/** Milliseconds that a connection whose peer broke the protocol stays up so that our last frame can leave. */
export const FAREWELL_MS = 1_000

/** Resets that wait to leave, beyond one for every stream that may be open. */
export const MAX_SPARE_RESETS = 512
