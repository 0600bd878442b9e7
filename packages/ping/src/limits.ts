/** Bytes of a ping and of its echo. Fixed by the spec. */
export const PING_BYTES = 32

/** Milliseconds that a ping may take, dialling included. go-libp2p: 10 s, rust-libp2p: 20 s. */
export const PING_TIMEOUT_MS = 10_000

/** Streams that a peer may have open to us on one connection. The spec: "SHOULD accept at most 2". */
export const MAX_INBOUND_STREAMS = 2

/** Streams that we open on one connection. The spec: the dialer "SHOULD NOT keep more than one". */
export const MAX_OUTBOUND_STREAMS = 1

/** Pings that may wait for their turn on one connection. At 10 s each the last would long have timed out. */
export const MAX_WAITING_PINGS = 64

/** Outbound streams kept open between pings, over all connections; beyond it the one unused longest is closed. */
export const MAX_KEPT_STREAMS = 256

/** Milliseconds that an unused outbound stream is kept. go-libp2p's listener ends a stream after 30 s anyway. */
export const KEEP_STREAM_MS = 30_000

/** Milliseconds without a ping after which an inbound stream is aborted. rust-libp2p pings every 15 s. */
export const INBOUND_IDLE_MS = 60_000

/** Milliseconds that a remote has to close its end of a stream after we closed ours. */
export const CLOSE_TIMEOUT_MS = 5_000

/** Round trips of one `measure` call. */
export const MAX_MEASURED_PINGS = 1_000
