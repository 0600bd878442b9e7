/** Bytes of the request: how many bytes the client wants back, as a u64, big-endian. Fixed by the spec. */
export const REQUEST_BYTES = 8

/** Bytes handed to a stream at once: one full yamux frame. All transfers send views of one block of zeros. */
export const BLOCK_BYTES: number = 64 * 1024

/** Milliseconds between intermediary reports. The public benchmark harness reads one per second. */
export const REPORT_INTERVAL_MS = 1_000

/** Milliseconds without a byte either way after which a transfer is given up. */
export const STALL_TIMEOUT_MS = 30_000

/** Milliseconds that we serve one transfer. The public benchmark harness cuts its own off after 20 s. */
export const MAX_DURATION_MS = 300_000

/** Transfers that one connection may run with us at once: enough to measure parallel streams. js-libp2p: 1. */
export const MAX_INBOUND_STREAMS = 4

/** Transfers of ours on one connection. */
export const MAX_OUTBOUND_STREAMS = 4
