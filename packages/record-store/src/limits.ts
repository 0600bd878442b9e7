/**
 * Bytes of a key. DHT keys in use have 40 to 70. A key takes two characters per byte where names are text, and stores
 * that stand on a file system allow 255.
 */
export const MAX_KEY_BYTES = 120

/** Bytes of a value: as for a signed envelope. IPNS records take at most 10 KiB, rust-libp2p's DHT carries 16 KiB. */
export const MAX_VALUE_BYTES: number = 64 * 1024

/** Values under one key that are looked at: several peers may answer for a key, a few at most with different values. */
export const MAX_VALUES_PER_KEY = 64

/** Records that a store in memory holds unless told otherwise: 64 MiB in the worst case. */
export const MAX_MEMORY_RECORDS = 1024

/** Keys whose best value a query or a subscription remembers, so that it does not tell of a worse one afterwards. */
export const MAX_REMEMBERED_KEYS = 1024

/** Subscriptions of one store. */
export const MAX_SUBSCRIPTIONS = 1024

/** Announcements that wait to be validated for one subscription; more are dropped, as multicast drops them. */
export const MAX_PENDING_NOTICES = 4096

/** Times that a write is tried again because another process wrote to the object meanwhile. */
export const MAX_WRITE_CONFLICTS = 16

/** Milliseconds that a request to an object store may take. */
export const S3_TIMEOUT_MS = 30_000

/** Times that a request is repeated after an answer of 500 or above, or of 429. */
export const S3_RETRIES = 3

/** Keys on one page of an object store's list: the most that S3 gives. */
export const S3_PAGE_KEYS = 1000

/** Bytes of an answer other than an object: a list of 1,000 keys with their metadata takes about 500 KiB. */
export const MAX_S3_ANSWER_BYTES: number = 4 * 1024 * 1024
