import { type Clock, InvalidParametersError, NotFoundError } from '@ts-libp2p/interface'
import type { Key, Pair } from 'interface-datastore'
import { RecordStoreError } from '../errors.ts'
import { MAX_MEMORY_RECORDS } from '../limits.ts'
import type { RecordMedium } from '../medium.ts'
import { datastoreMedium, type RecordDatastore } from './datastore.ts'

export interface MemoryMediumOptions {
  /** Records it holds; more are refused (`full`). Default 1,024: 64 MiB in the worst case. */
  readonly maxRecords?: number
  /** Default: the system's. */
  readonly clock?: Clock
}

/** Records in memory, gone at the end. */
export function memoryMedium({ maxRecords = MAX_MEMORY_RECORDS, clock }: MemoryMediumOptions = {}): RecordMedium {
  if (!(Number.isInteger(maxRecords) && maxRecords > 0)) {
    throw new InvalidParametersError(`\`maxRecords\` must be a positive integer, not ${maxRecords}`)
  }
  return datastoreMedium(inMemory(maxRecords), { clock })
}

function inMemory(maxRecords: number): RecordDatastore {
  const records = new Map<string, Pair>()
  return {
    get(key: Key): Uint8Array {
      const found = records.get(key.toString())
      if (found === undefined) throw new NotFoundError(`there is no ${key}`)
      return found.value
    },
    put(key: Key, value: Uint8Array): Key {
      if (records.size >= maxRecords && !records.has(key.toString())) {
        throw new RecordStoreError('full', `the store in memory holds ${maxRecords} records, as many as it may`)
      }
      records.set(key.toString(), { key, value })
      return key
    },
    delete(key: Key): void {
      records.delete(key.toString())
    },
    async *query({ prefix = '' }): AsyncGenerator<Pair> {
      for (const [name, pair] of [...records]) if (name.startsWith(prefix)) yield pair
    }
  }
}
