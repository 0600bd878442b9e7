/** Bytes of one address. Real ones take 8 to 200; two garlic64 destinations with certificates still fit. */
export const MAX_ADDRESS_BYTES = 4096

/**
 * UTF-16 units of one address as text. Percent-encoding triples a path and the names add up to 1,300, so whatever has
 * `MAX_ADDRESS_BYTES` or less prints as text that parses.
 */
export const MAX_ADDRESS_CHARS = 16_384

/** Components of one address. The longest shape in use, WebRTC over a relay over WebTransport, has 11. */
export const MAX_COMPONENTS = 64

/**
 * Bytes of the multihash in `p2p` and `certhash`. SHA2-512 takes 66 and an inlined key at most 44; the bound keeps
 * the quadratic base58 cheap.
 */
export const MAX_MULTIHASH_BYTES = 128

/** Characters of a multihash as text: base16 of `MAX_MULTIHASH_BYTES`, a CID's first bytes and the multibase prefix. */
export const MAX_MULTIHASH_CHARS = 288

/** Bytes of a DNS name: RFC 1035 allows 253, and a final dot. */
export const MAX_DNS_NAME_BYTES = 254

/** Bytes of an I2P destination that garlic64 and garlic32 must have: see https://geti2p.net/spec/common-structures */
export const MIN_GARLIC64_BYTES = 386
export const GARLIC32_BYTES = 32
export const MIN_ENCRYPTED_GARLIC32_BYTES = 35

/** `dnsaddr` names that may lead to one another. The public bootstrap list uses 2; js-libp2p allows 32. */
export const MAX_DNSADDR_DEPTH = 4

/** DNS questions for one `resolve()`. The public bootstrap list takes 6. */
export const MAX_DNS_QUERIES = 32

/** Addresses that one `resolve()` returns, or follows further. go-libp2p has the same bound. */
export const MAX_RESOLVED_ADDRESSES = 100

/** Milliseconds for one `resolve()`, all its questions together. js-libp2p gives a whole dial 10 s. */
export const RESOLVE_TIMEOUT_MS = 10_000

/** Bytes of a DNS-over-HTTPS answer. A DNS message itself is at most 64 KiB; JSON adds to that. */
export const MAX_DOH_RESPONSE_BYTES = 262_144
