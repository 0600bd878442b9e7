import type { AbortOptions, Undo } from '@ts-libp2p/interface'

/** A value and the key it is stored under. */
export interface StoredRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Milliseconds since 1970: when it was stored, where the medium keeps that. */
  readonly timeReceived?: number
}

/** Given the values that are there, says what to write; undefined leaves things as they are. */
export type Decide = (found: readonly Uint8Array[]) => Promise<Uint8Array | undefined>

/**
 * What a record store stands on. A medium believes and compares nothing: it keeps bytes and gives back what it was
 * given, or what others gave it. Methods that it cannot have are left out.
 */
export interface RecordMedium {
  /** For messages: `datastore`, `s3`, … */
  readonly name: string
  /** Every value that it finds under the key; none is no error. */
  read(key: Uint8Array, options: AbortOptions): Promise<readonly Uint8Array[]>
  /**
   * Reads, asks what to write and writes it, as one step where the medium can: nobody's write between the two is lost.
   * `decide` may be asked again. When it resolves, the value outlives the process.
   */
  update(key: Uint8Array, decide: Decide, options: AbortOptions): Promise<void>
  remove?(key: Uint8Array, options: AbortOptions): Promise<void>
  /** Every record whose key begins with these bytes, in any order, maybe several for a key. */
  list?(prefix: Uint8Array, options: AbortOptions): AsyncIterable<StoredRecord>
  /** Tells of every record that is written, or heard of. */
  listen?(listener: (record: StoredRecord) => void): Undo
}
