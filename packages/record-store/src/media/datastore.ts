import { bytesEqual } from '@ts-libp2p/bytes'
import type { AbortOptions, Clock, Undo } from '@ts-libp2p/interface'
import { raceSignal, systemClock } from '@ts-libp2p/stream'
import { type Datastore, Key } from 'interface-datastore'
import type { Decide, RecordMedium, StoredRecord } from '../medium.ts'
import { Listeners } from './listeners.ts'
import { seal, textOf, unseal, unsealListed } from './sealed.ts'
import { Turns } from './turns.ts'

/** What is needed of an `interface-datastore`. */
export type RecordDatastore = Pick<Datastore, 'get' | 'put' | 'delete' | 'query'>

export interface DatastoreMediumOptions {
  /** Where the records lie in it. Default `/records`. */
  readonly prefix?: string
  /** Default: the system's. */
  readonly clock?: Clock
}

/**
 * Records in a datastore of this process: LevelDB, IndexedDB, or whatever implements `interface-datastore`. Opening and
 * closing it is the caller's.
 *
 * Nothing is held back: a record is stored when the datastore says so. LevelDB writes it to its log, which outlives the
 * process, killed or not; whether it outlives the machine is the datastore's affair.
 */
export function datastoreMedium(datastore: RecordDatastore, options: DatastoreMediumOptions = {}): RecordMedium {
  return new DatastoreMedium(datastore, options)
}

class DatastoreMedium implements RecordMedium {
  readonly name = 'datastore'
  private readonly datastore: RecordDatastore
  private readonly prefix: string
  private readonly clock: Clock
  private readonly turns = new Turns()
  private readonly listeners = new Listeners()

  constructor(datastore: RecordDatastore, { prefix = '/records', clock = systemClock }: DatastoreMediumOptions) {
    this.datastore = datastore
    this.prefix = `${prefix.replace(/\/+$/, '')}/`
    this.clock = clock
  }

  async read(key: Uint8Array, options: AbortOptions): Promise<readonly Uint8Array[]> {
    const bytes = await this.stored(key, options)
    return bytes === undefined ? [] : [unseal(key, bytes).value]
  }

  async update(key: Uint8Array, decide: Decide, { signal }: AbortOptions): Promise<void> {
    const turn = this.turns.run(textOf(key), async () => {
      signal?.throwIfAborted()
      const bytes = await this.stored(key, { signal })
      const found = bytes === undefined ? [] : valueIn(key, bytes)
      const value = await decide(found)
      if (value === undefined || found.some(known => bytesEqual(known, value))) return
      const timeReceived = this.clock.now()
      await this.datastore.put(this.keyOf(key), seal(key, value, timeReceived), { signal })
      this.listeners.tell({ key, value, timeReceived })
    })
    await raceSignal(turn, signal)
  }

  async remove(key: Uint8Array, { signal }: AbortOptions): Promise<void> {
    const turn = this.turns.run(textOf(key), async () => {
      signal?.throwIfAborted()
      await this.datastore.delete(this.keyOf(key), { signal })
    })
    await raceSignal(turn, signal)
  }

  async *list(prefix: Uint8Array, { signal }: AbortOptions): AsyncGenerator<StoredRecord> {
    for await (const { key, value } of this.datastore.query({ prefix: this.prefix + textOf(prefix) }, { signal })) {
      yield* unsealListed(key.toString().slice(this.prefix.length), value)
    }
  }

  listen(listener: (record: StoredRecord) => void): Undo {
    return this.listeners.add(listener)
  }

  private async stored(key: Uint8Array, options: AbortOptions): Promise<Uint8Array | undefined> {
    try {
      return await this.datastore.get(this.keyOf(key), options)
    } catch (err) {
      if ((err as Error | null)?.name === 'NotFoundError') return undefined
      throw err
    }
  }

  private keyOf(key: Uint8Array): Key {
    return new Key(this.prefix + textOf(key))
  }
}

/** What cannot be read is no reason to refuse what can. */
function valueIn(key: Uint8Array, bytes: Uint8Array): Uint8Array[] {
  return unsealListed(textOf(key), bytes).map(({ value }) => value)
}
