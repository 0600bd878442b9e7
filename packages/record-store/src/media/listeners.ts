import type { Undo } from '@ts-libp2p/interface'
import type { StoredRecord } from '../medium.ts'

/** Those who want to hear of records. How many, the store limits. */
export class Listeners {
  private readonly all = new Set<{ call(record: StoredRecord): void }>()

  add(listener: (record: StoredRecord) => void): Undo {
    const entry = { call: listener }
    this.all.add(entry)
    return () => void this.all.delete(entry)
  }

  tell(record: StoredRecord): void {
    for (const listener of [...this.all]) listener.call(record)
  }
}
