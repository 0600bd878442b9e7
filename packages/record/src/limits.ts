/**
 * Bytes of one envelope. It travels inside identify and DHT messages of a few KiB (js-libp2p reads 8 KiB of identify,
 * go-libp2p 80 KiB); the largest honest part is an RSA key and signature of about 2 KiB.
 */
export const MAX_ENVELOPE_BYTES: number = 64 * 1024

/** Addresses in one peer record. go-libp2p keeps as many of a connected peer; real records have 2 to 40. */
export const MAX_RECORD_ADDRESSES = 500

/** Bytes of one address in a peer record. The longest in use, WebTransport over a relay, takes about 250. */
export const MAX_RECORD_ADDRESS_BYTES = 1024

/** The sequence number is a uint64. go-libp2p puts nanoseconds since 1970 there, js-libp2p milliseconds. */
export const MAX_SEQ: bigint = 2n ** 64n - 1n

/** Bytes of an IPNS record. Source: https://specs.ipfs.tech/ipns/ipns-record/#record-size-limit */
export const MAX_IPNS_RECORD_BYTES: number = 10 * 1024

/** Bytes of a record's namespace, `ipns` in `/ipns/…`. Those in use have 2 to 10. */
export const MAX_NAMESPACE_BYTES = 64
