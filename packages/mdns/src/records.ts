import type { AbortOptions, Undo } from '@ts-libp2p/interface'

/**
 * Records on the local network: bytes by key, answered for by each peer that publishes them, for as long as it runs.
 * Nobody vouches for what comes back. A record store makes records that can be believed of it.
 */
export interface LocalRecords {
  /**
   * Answers questions for the key with these bytes, 8,000 at most, and tells everybody of them once. Throws an `MdnsError`:
   * `full` or `too-large`.
   */
  publish(key: Uint8Array, bytes: Uint8Array): void
  /** Answers no more. */
  unpublish(key: Uint8Array): void
  /** What others have under the key, for as long as answers are awaited: a second and a half. */
  ask(key: Uint8Array, options?: AbortOptions): AsyncIterable<Uint8Array>
  /** What others have under any key. */
  askAll(options?: AbortOptions): AsyncIterable<Uint8Array>
  /** Calls `listener` for everything that others tell of, asked or not. */
  listen(listener: (bytes: Uint8Array) => void): Undo
}
