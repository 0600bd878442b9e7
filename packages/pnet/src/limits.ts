/** Bytes of a pre-shared key. */
export const PSK_BYTES = 32

/** Bytes of the XSalsa20 nonce that opens each direction. */
export const NONCE_BYTES = 24

/** Bytes of one block of the keystream. */
export const BLOCK_BYTES = 64

/**
 * Bytes that one direction of a connection may carry, 256 GiB: the cipher's library counts blocks in 32 bits, and going
 * round would repeat the keystream. The connection is aborted there, and a new one has a new nonce. go-libp2p counts in 64.
 */
export const MAX_KEYSTREAM_BYTES: number = (2 ** 32 - 1) * BLOCK_BYTES

/** Bytes encrypted at once: the copy that is encrypted in place stays in the processor's cache. */
export const MAX_SEAL_BYTES: number = 64 * 1024

/** Bytes of a key file that are looked at. The longest form, base16, takes 95. */
export const MAX_KEY_FILE_BYTES = 1024
