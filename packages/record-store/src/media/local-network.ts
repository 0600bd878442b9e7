import type { AbortOptions, Clock, Undo } from '@ts-libp2p/interface'
import { raceSignal, systemClock } from '@ts-libp2p/stream'
import type { Decide, RecordMedium, StoredRecord } from '../medium.ts'
import { Listeners } from './listeners.ts'
import { seal, textOf, unsealAny, unsealListed } from './sealed.ts'
import { Turns } from './turns.ts'

/** What is needed of the local network: the `records` of an mDNS service. */
export interface LocalRecords {
  publish(key: Uint8Array, bytes: Uint8Array): void
  unpublish(key: Uint8Array): void
  ask(key: Uint8Array, options?: AbortOptions): AsyncIterable<Uint8Array>
  askAll(options?: AbortOptions): AsyncIterable<Uint8Array>
  listen(listener: (bytes: Uint8Array) => void): Undo
}

/**
 * Records among the peers of the local network: each answers for those that it put, for as long as it runs, 256 of about
 * 8,000 bytes. Reading takes as long as answers are awaited, a second and a half. What is deleted here may still be had from others.
 */
export function localNetworkMedium(records: LocalRecords, options: { readonly clock?: Clock } = {}): RecordMedium {
  return new LocalNetworkMedium(records, options.clock ?? systemClock)
}

class LocalNetworkMedium implements RecordMedium {
  readonly name = 'local network'
  private readonly records: LocalRecords
  private readonly clock: Clock
  /** Those that we answer for; how many, the network limits. */
  private readonly own = new Map<string, StoredRecord>()
  private readonly turns = new Turns()
  private readonly listeners = new Listeners()

  constructor(records: LocalRecords, clock: Clock) {
    this.records = records
    this.clock = clock
  }

  async read(key: Uint8Array, options: AbortOptions): Promise<readonly Uint8Array[]> {
    const own = this.own.get(textOf(key))
    const found = own === undefined ? [] : [own.value]
    for await (const bytes of this.records.ask(key, options)) {
      found.push(...unsealListed(textOf(key), bytes).map(({ value }) => value))
    }
    return found
  }

  async update(key: Uint8Array, decide: Decide, { signal }: AbortOptions): Promise<void> {
    const turn = this.turns.run(textOf(key), async () => {
      signal?.throwIfAborted()
      const value = await decide(await this.read(key, { signal }))
      if (value === undefined) return
      const record = { key, value, timeReceived: this.clock.now() }
      this.records.publish(key, seal(key, value, record.timeReceived))
      this.own.set(textOf(key), record)
      this.listeners.tell(record)
    })
    await raceSignal(turn, signal)
  }

  async remove(key: Uint8Array, { signal }: AbortOptions): Promise<void> {
    const turn = this.turns.run(textOf(key), async () => {
      signal?.throwIfAborted()
      this.own.delete(textOf(key))
      this.records.unpublish(key)
    })
    await raceSignal(turn, signal)
  }

  async *list(prefix: Uint8Array, options: AbortOptions): AsyncGenerator<StoredRecord> {
    const text = textOf(prefix)
    for (const [name, record] of [...this.own]) if (name.startsWith(text)) yield record
    for await (const bytes of this.records.askAll(options)) yield* unsealAny(bytes)
  }

  listen(listener: (record: StoredRecord) => void): Undo {
    const undoOwn = this.listeners.add(listener)
    const undoOthers = this.records.listen(bytes => {
      for (const record of unsealAny(bytes)) listener(record)
    })
    return () => {
      undoOwn()
      undoOthers()
    }
  }
}
