/** ChaCha20-Poly1305 (RFC 8439 §2.8). */
export const AEAD_KEY_BYTES = 32
export const AEAD_TAG_BYTES = 16
export const AEAD_NONCE_BYTES = 12

/**
 * The last counter an AEAD key is used with. Noise allows 2^64 - 2, but a JavaScript number is exact only up to here;
 * at a million messages a second it lasts 285 years.
 */
export const MAX_AEAD_COUNTER: number = Number.MAX_SAFE_INTEGER

/** RSA modulus bits. go-libp2p refuses less than 2048; go and js refuse more than 8192, which would cost seconds. */
export const MIN_RSA_BITS = 2048
export const MAX_RSA_BITS = 8192

/** RSA public exponents beyond this are refused, as Go does: they make each verification slow. */
export const MAX_RSA_EXPONENT: number = 2 ** 31 - 1

/** Bytes of a serialised public key that is still inlined in the peer id (libp2p/specs peer-ids). */
export const MAX_INLINE_KEY_BYTES = 42

/**
 * Bytes of a serialised key. The largest, an 8192-bit RSA private key in PKCS#1, takes about 4.7 KiB; the parser
 * refuses more before it looks at it.
 */
export const MAX_KEY_BYTES: number = 8 * 1024

/** Bytes that WebCrypto's `getRandomValues` gives in one call. */
export const MAX_RANDOM_CALL_BYTES = 65_536

/**
 * Signature checks that may wait for the other thread, or for their answers to be taken: 50 ms of its work. A turn of a
 * busy thread takes 10 to 50 ms, and the other one should not run dry in it. Further ones are made on the thread that asks.
 */
export const MAX_WAITING_CHECKS = 512

/** Bytes of those, keys and signatures included. What is larger than that is checked on the thread that asks. */
export const MAX_WAITING_CHECK_BYTES: number = 1024 * 1024

/** Keys that the other thread keeps ready for use. Making one takes 3 to 6 µs, a check 100. */
export const MAX_CHECKING_KEYS = 1024
