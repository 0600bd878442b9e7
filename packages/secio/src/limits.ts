/** Bytes of the big-endian length before every message. */
export const LENGTH_BYTES = 4

/** Bytes of the nonce in a proposal. The spec's own; others are refused. */
export const NONCE_BYTES = 16

/** Bytes of a MAC key, whatever the hash. */
export const MAC_KEY_BYTES = 20

/** Bytes of a cipher's initial counter block. */
export const IV_BYTES = 16

/** Bytes of one message on the wire, its length not counted: the spec wants less than 8 MiB. */
export const MAX_FRAME_BYTES: number = 8 * 1024 * 1024 - 1

/** Bytes of a handshake message. The largest that makes sense, with an RSA identity of 8,192 bits, takes about 2.5 KiB. */
export const MAX_HANDSHAKE_BYTES: number = 16 * 1024

/** Plaintext of one message that we send. Any remote reads it, and few bytes wait for their MAC. */
export const MAX_PLAINTEXT_BYTES: number = 64 * 1024

/** Plaintext that is encrypted before the result is sent: as much as a connection takes until it says "full". */
export const MAX_FLUSH_BYTES: number = 4 * MAX_PLAINTEXT_BYTES

/** Unread bytes at which the secured stream is reset: one whole message more than it is held back at. */
export const MAX_UNREAD_BYTES: number = 2 * (MAX_FRAME_BYTES + 1)
