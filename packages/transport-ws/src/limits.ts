/**
 * Bytes of one message that is received. Boundaries carry no meaning, but a message is kept until it is whole. Peers put
 * one write of the layer above into one: a Noise frame of 65,537 bytes, rarely several. go-libp2p has no limit since
 * https://github.com/libp2p/go-libp2p/issues/2188, js-libp2p 100 MiB, rust-libp2p 256 MiB.
 */
export const DEFAULT_MAX_PAYLOAD_BYTES: number = 1024 * 1024

/** Bytes handed to a socket at once: four of the largest Noise messages. More waits in the stream, whose backpressure works. */
export const MAX_WRITE_BATCH_BYTES: number = 4 * 65_537

/** Small chunks of one tick share a message up to this size. Larger ones are not copied: they get their own. */
export const MAX_GATHERED_BYTES: number = 16 * 1024

/**
 * Bytes that a browser's WebSocket may hold unsent before we wait, and how often, milliseconds, we then look: it does
 * not tell. Together they allow 100 MB/s.
 */
export const MAX_BROWSER_BUFFERED_BYTES: number = 1024 * 1024
export const BROWSER_POLL_MS = 10

/** Milliseconds for TLS handshake, and for the HTTP request after it, of whoever connects. As js-libp2p's inbound upgrade. */
export const HANDSHAKE_TIMEOUT_MS = 10_000

/** How often, milliseconds, the HTTP server looks for those that took too long. */
export const HANDSHAKE_CHECK_MS = 1_000

/** Connections of one listener at once. The file descriptor limit is the process's; the swarm's limits act long before. */
export const DEFAULT_MAX_CONNECTIONS = 4096

/** Connections that wait for us to accept them. Node's own default. */
export const DEFAULT_BACKLOG = 511

/** Milliseconds without a packet before the system asks whether the remote is still there. NATs forget after minutes. */
export const KEEP_ALIVE_MS = 60_000

/** Milliseconds that the remote has to answer our close; each byte it sends starts them anew. js-libp2p: the same 500. */
export const DEFAULT_CLOSE_TIMEOUT_MS = 500

/** Milliseconds without progress that a remote may leave our last bytes untaken after we closed. A stalled radio link. */
export const FLUSH_TIMEOUT_MS = 10_000

/** Milliseconds that a socket may stay after we closed, whatever the remote still sends. */
export const MAX_LINGER_MS = 30_000

/** Milliseconds for each address of a name but the last. Node's 250 fail: https://github.com/nodejs/node/issues/54359 */
export const NAME_ATTEMPT_TIMEOUT_MS = 2_000
