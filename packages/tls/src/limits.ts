/** Bytes of a certificate. The largest that makes sense, with an RSA identity of 8,192 bits, takes about 2.5 KiB. */
export const MAX_CERTIFICATE_BYTES: number = 16 * 1024

/** How long ago a certificate begins to be valid when it is made: clocks differ. go-libp2p: the same. */
export const CERTIFICATE_BACKDATE_MS: number = 60 * 60 * 1000

/** How long a certificate is valid, 100 years: it ends with its node. go-libp2p: the same. */
export const CERTIFICATE_LIFETIME_MS: number = 100 * 365.25 * 24 * 60 * 60 * 1000

/** Bytes of a certificate's serial number. It means nothing; RFC 5280 allows up to 20. */
export const SERIAL_BYTES = 8

/** Bytes handed to TLS at once: as much as a stream queues until it says "full". Each costs a turn of the event loop. */
export const MAX_FLUSH_BYTES: number = 256 * 1024
