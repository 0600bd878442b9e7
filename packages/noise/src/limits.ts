/** Bytes of a public or private X25519 key. */
export const KEY_BYTES = 32

/** Bytes of the ChaCha20-Poly1305 tag that ends every encrypted part. */
export const TAG_BYTES = 16

/** Bytes of the big-endian length before every message. */
export const LENGTH_BYTES = 2

/** Bytes of one Noise message, its length field not counted. Noise, section 3. */
export const MAX_MESSAGE_BYTES = 65_535

/** Plaintext of one transport message. go-libp2p sends up to this, rust-libp2p up to 64,511; all read it. */
export const MAX_PLAINTEXT_BYTES: number = MAX_MESSAGE_BYTES - TAG_BYTES

/** Plaintext that is encrypted before the result is sent: as much as a connection takes until it says "full". */
export const MAX_FLUSH_BYTES: number = 4 * MAX_PLAINTEXT_BYTES

/** Messages under one key. Noise allows 2^64 - 1; this is where a counter stops being exact, and out of reach as well. */
export const MAX_NONCE: number = Number.MAX_SAFE_INTEGER

/** Turns of the deferred queue that message 3 waits for the first bytes of the layer above. It takes one per layer. */
export const HANDOVER_TURNS = 8

/** Proofs of identity that are remembered, a digest each: peers that come back do so within minutes, mostly. */
export const MAX_VERIFIED_PROOFS = 128
