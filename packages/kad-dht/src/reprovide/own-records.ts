import { KadError } from '../errors.ts'
import { MAX_OWN_KEYS, MAX_OWN_VALUES } from '../limits.ts'
import { latin1 } from '../wire/latin1.ts'

/** Something that we announce again and again. */
export interface OwnKey {
  readonly key: Uint8Array
  /** When it was announced last, Unix milliseconds; 0 for never. */
  readonly at: number
}

/** A value that we put. */
export interface OwnValue extends OwnKey {
  readonly value: Uint8Array
}

export interface OwnRecordsEvents {
  onKey?(record: OwnKey): void
  onKeyGone?(key: Uint8Array): void
  onValue?(record: OwnValue): void
  onValueGone?(key: Uint8Array): void
}

/** What we told the network: content that we provide, and values. Pure: told the time. */
export class OwnRecords {
  private readonly events: OwnRecordsEvents
  private readonly provided = new Map<string, OwnKey>()
  private readonly put = new Map<string, OwnValue>()

  constructor(events: OwnRecordsEvents = {}) {
    this.events = events
  }

  get size(): number {
    return this.provided.size + this.put.size
  }

  provides(key: Uint8Array): boolean {
    return this.provided.has(latin1(key))
  }

  /** We have it from now on: it is due until it was announced. Throws as `provide`. */
  begin(key: Uint8Array): void {
    if (!this.provides(key)) this.provide(key, 0)
  }

  /** Throws a `KadError` (`too-many`) for a key that is one too many. */
  provide(key: Uint8Array, at: number): void {
    const name = latin1(key)
    needRoom(this.provided, name, MAX_OWN_KEYS)
    const record = { key: key.slice(), at }
    this.provided.set(name, record)
    this.events.onKey?.(record)
  }

  /** It was announced again; not if it was cancelled meanwhile. */
  announced(key: Uint8Array, at: number): void {
    if (this.provides(key)) this.provide(key, at)
  }

  cancel(key: Uint8Array): void {
    if (this.provided.delete(latin1(key))) this.events.onKeyGone?.(key)
  }

  /** Throws a `KadError` (`too-many`) for a value that is one too many. */
  keep(key: Uint8Array, value: Uint8Array, at: number): void {
    const name = latin1(key)
    needRoom(this.put, name, MAX_OWN_VALUES)
    const record = { key: key.slice(), value: value.slice(), at }
    this.put.set(name, record)
    this.events.onValue?.(record)
  }

  drop(key: Uint8Array): void {
    if (this.put.delete(latin1(key))) this.events.onValueGone?.(key)
  }

  /** Keys that were announced at or before `time`. */
  keysBefore(time: number): OwnKey[] {
    return [...this.provided.values()].filter(({ at }) => at <= time)
  }

  valuesBefore(time: number): OwnValue[] {
    return [...this.put.values()].filter(({ at }) => at <= time)
  }
}

function needRoom(records: ReadonlyMap<string, unknown>, name: string, limit: number): void {
  if (records.has(name) || records.size < limit) return
  throw new KadError('too-many', `${limit} records of ours are announced already`)
}
