/** Bytes of the buffer that every socket of the process reads into. Measured: twice 64 KiB saves a third of the reads. */
export const READ_BUFFER_BYTES: number = 128 * 1024

/** Bytes handed to a socket at once: four of the largest Noise messages. More waits in the stream, whose backpressure works. */
export const MAX_WRITE_BATCH_BYTES: number = 4 * 65_537

/** Connections that wait for us to accept them. Node's own default; the system may lower it (`somaxconn`, 4096). */
export const DEFAULT_BACKLOG = 511

/**
 * Connections of one listener at once, upgraded or not. Node's own ceiling per process is the file descriptor limit,
 * and reaching that breaks everything else in it; the swarm's limits (js-libp2p: 300) usually act long before.
 */
export const DEFAULT_MAX_CONNECTIONS = 4096

/** Milliseconds without a packet before the system asks whether the remote is still there. NATs forget after minutes. */
export const DEFAULT_KEEP_ALIVE_MS = 60_000

/**
 * Milliseconds that the remote has to end its side after we ended ours and our bytes have left; each byte it sends
 * starts them anew. One round trip across the world takes 300; js-libp2p gives the same 500.
 */
export const DEFAULT_CLOSE_TIMEOUT_MS = 500

/** Milliseconds without progress that a remote may leave our last bytes untaken after we ended. A stalled radio link. */
export const FLUSH_TIMEOUT_MS = 10_000

/** Milliseconds that a socket may stay after we ended our side and our bytes left, whatever the remote still sends. */
export const MAX_LINGER_MS = 30_000

/**
 * Milliseconds for each address of a name but the last, when a name is dialled as it is. Node aborts an attempt that
 * takes longer, and its 250 fail over slow links: https://github.com/nodejs/node/issues/54359
 */
export const NAME_ATTEMPT_TIMEOUT_MS = 2_000
