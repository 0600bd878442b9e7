/** Bytes of one frame's body that we accept. Fixed by the spec. */
export const MAX_FRAME_BODY_BYTES: number = 1024 * 1024

/** Bytes of one frame that we send: small, so that streams take turns. Precedent: yamux in go-libp2p. */
export const MAX_SENT_BODY_BYTES: number = 64 * 1024

/** Streams a peer may have open before new ones are reset. Precedents: js-libp2p 1,024, rust-libp2p 128. */
export const MAX_INBOUND_STREAMS = 1024

/** Streams that we have open at once. js-libp2p: 1,024. */
export const MAX_OUTBOUND_STREAMS = 1024

/** Unread bytes at which a stream is reset: nothing else stops its sender. js-libp2p: the same 4 MiB. */
export const MAX_STREAM_UNREAD_BYTES: number = 4 * 1024 * 1024

/** Unread bytes of all streams of a connection together. Without it 1,024 streams might hold 4 GiB. */
export const MAX_SESSION_UNREAD_BYTES: number = 32 * 1024 * 1024
