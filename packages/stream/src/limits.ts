/** Bytes queued for sending at which `send()` answers false. Four full yamux frames: enough to fill a socket write. */
export const WRITE_HIGH_WATER_BYTES: number = 256 * 1024

/** Bytes left in the send queue at which `drain` is emitted. Half, so that the layer below never runs dry meanwhile. */
export const WRITE_LOW_WATER_BYTES: number = WRITE_HIGH_WATER_BYTES / 2

/** Bytes that an application which ignores `false` may queue before the stream is aborted. js-libp2p: unlimited. */
export const MAX_WRITE_BUFFER_BYTES: number = 16 * 1024 * 1024

/** Unread bytes at which the layer below is asked to stop reading, where it can (sockets; muxers have credit instead). */
export const READ_HIGH_WATER_BYTES: number = 256 * 1024

/** Unread bytes at which a stream without working flow control is reset. js-libp2p: the same 4 MiB. */
export const MAX_READ_BUFFER_BYTES: number = 4 * 1024 * 1024

/** Readers that may wait for their turn on one stream: a negotiation, a handshake and a muxer, with room to spare. */
export const MAX_ATTACHED_READERS = 8

/** Bytes of one message that `StreamReader` accepts when the call names no limit. */
export const DEFAULT_MESSAGE_LIMIT_BYTES: number = 1024 * 1024

/** Chunks below this are copied together when many must wait. A view costs about 120 bytes; 1-byte chunks cost 31 MB a window. */
export const COPY_BELOW_BYTES = 512

/** Chunks that may wait as views before small ones are copied together. */
export const MAX_QUEUED_CRUMBS = 64
