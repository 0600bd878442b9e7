/** Bytes that either side may send on a new stream before it is given more. Fixed by the spec. */
export const INITIAL_WINDOW_BYTES: number = 256 * 1024

/** Bytes to which the window of a fast stream may grow. go-yamux: 16 MiB. At 100 ms round trip that is 160 MB/s. */
export const MAX_WINDOW_BYTES: number = 16 * 1024 * 1024

/** Bytes that all windows of a connection together may grow beyond their start: four streams at full speed. */
export const MAX_EXTRA_WINDOW_BYTES: number = 64 * 1024 * 1024

/** Credit beyond this is meaningless: it is what a window update can hold. */
export const MAX_SEND_CREDIT_BYTES = 0xffffffff

/**
 * Bytes of one Data frame that we send. A small frame keeps streams fair; rust-yamux ends the connection at a frame
 * over 1 MiB, so no option goes beyond that.
 */
export const MAX_FRAME_BODY_BYTES: number = 64 * 1024
export const MAX_FRAME_BODY_CEILING_BYTES: number = 1024 * 1024

/** Streams a peer may have open before new ones are reset. Precedents: go-yamux backlog 256, rust-yamux 512, js 1,000. */
export const MAX_INBOUND_STREAMS = 512

/** Streams that we have open at once. rust-yamux ends the whole connection at the 513th of a peer. */
export const MAX_OUTBOUND_STREAMS = 512

/** Streams of ours that wait for an ACK; the spec's figure, and the accept backlog of go-yamux and rust-yamux. */
export const MAX_ACK_BACKLOG = 256

/** Pings that wait for our answer to leave. Peers send one in 10 to 30 seconds. */
export const MAX_PENDING_PONGS = 64

/** The last stream id: 32 bits. A connection that used them all must be replaced. */
export const MAX_STREAM_ID = 0xffffffff

/** Milliseconds between keepalive pings, which also measure the round trip. go-yamux: 30 s, rust-yamux: 10 s. */
export const KEEPALIVE_INTERVAL_MS = 30_000

/** Milliseconds without any byte from the peer, a ping being unanswered, until it is taken for dead. go-yamux: 10 s. */
export const KEEPALIVE_TIMEOUT_MS = 10_000

/** A window doubles when half of it is consumed in fewer round trips than this: all of it within 4, as in go-yamux. */
export const TUNING_ROUND_TRIPS = 2
