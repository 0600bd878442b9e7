import type { ValueRecord } from '@ts-libp2p/record'
import { commonPrefixLength, type Key, keyOf } from '../key.ts'
import { MAX_VALUE_RECORDS, MAX_VALUES_BYTES, RECORD_VALIDITY_MS } from '../limits.ts'
import { latin1 } from '../wire/latin1.ts'
import { Nearness } from './nearness.ts'

/** A value as it is kept. */
export interface StoredValue extends ValueRecord {
  /** When we took it, Unix milliseconds. */
  readonly timeReceived: number
}

interface Slot {
  readonly record: StoredValue
  readonly prefixLength: number
}

export interface ValueRecordsInit {
  /** Our own place in the key space. */
  readonly self: Key
  readonly validityMs?: number
  readonly maxRecords?: number
  readonly maxBytes?: number
  /** Told of what comes and goes, to keep it elsewhere too. */
  readonly onPut?: (record: StoredValue) => void
  readonly onRemove?: (record: StoredValue) => void
}

/** Values by key, bounded in number and bytes: when there are too many, the farthest from us go. Pure: told the time. */
export class ValueRecords {
  private readonly init: ValueRecordsInit & { validityMs: number; maxRecords: number; maxBytes: number }
  private readonly slots = new Map<string, Slot>()
  private readonly nearness = new Nearness()
  private bytes = 0

  constructor(init: ValueRecordsInit) {
    this.init = {
      ...{ validityMs: RECORD_VALIDITY_MS, maxRecords: MAX_VALUE_RECORDS, maxBytes: MAX_VALUES_BYTES },
      ...init
    }
  }

  get size(): number {
    return this.slots.size
  }

  /** Bytes of all keys and values. */
  get byteLength(): number {
    return this.bytes
  }

  /** Copies key and value. */
  put({ key, value, timeReceived }: StoredValue): void {
    const record = { key: key.slice(), value: value.slice(), timeReceived }
    this.delete(key)
    const name = latin1(record.key)
    const prefixLength = commonPrefixLength(this.init.self, keyOf(key))
    this.slots.set(name, { record, prefixLength })
    this.nearness.add(name, prefixLength)
    this.bytes += byteLengthOf(record)
    this.init.onPut?.(record)
    while (this.slots.size > this.init.maxRecords || this.bytes > this.init.maxBytes) this.makeRoom()
  }

  /** Undefined for one that has expired, too. */
  get(key: Uint8Array, now: number): StoredValue | undefined {
    const record = this.slots.get(latin1(key))?.record
    return record === undefined || this.hasExpired(record, now) ? undefined : record
  }

  delete(key: Uint8Array): void {
    const name = latin1(key)
    const slot = this.slots.get(name)
    if (slot === undefined) return
    this.slots.delete(name)
    this.nearness.delete(name, slot.prefixLength)
    this.bytes -= byteLengthOf(slot.record)
    this.init.onRemove?.(slot.record)
  }

  /** Lets go of what has expired. */
  sweep(now: number): void {
    for (const { record } of this.slots.values()) if (this.hasExpired(record, now)) this.delete(record.key)
  }

  private hasExpired({ timeReceived }: StoredValue, now: number): boolean {
    return now - timeReceived >= this.init.validityMs
  }

  private makeRoom(): void {
    const slot = this.slots.get(this.nearness.farthest() ?? '')
    if (slot !== undefined) this.delete(slot.record.key)
  }
}

function byteLengthOf({ key, value }: ValueRecord): number {
  return key.byteLength + value.byteLength
}
