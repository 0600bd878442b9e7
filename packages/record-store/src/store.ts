import { bytesEqual, toHex } from '@ts-libp2p/bytes'
import { type AbortOptions, type Clock, Libp2pError, type Logger, NotFoundError, type Undo } from '@ts-libp2p/interface'
import { defaultValidators, type RecordValidator, type RecordValidators, validatorOf } from '@ts-libp2p/record'
import { noLog, systemClock } from '@ts-libp2p/stream'
import { BestValues, isBetter } from './best-values.ts'
import { RecordStoreError } from './errors.ts'
import { MAX_KEY_BYTES, MAX_PENDING_NOTICES, MAX_SUBSCRIPTIONS, MAX_VALUE_BYTES, MAX_VALUES_PER_KEY } from './limits.ts'
import type { RecordMedium, StoredRecord } from './medium.ts'

/**
 * Values under keys, stored somewhere. Only valid records go in and only valid ones come out; of several under a key the
 * best counts, which its namespace's validator knows.
 *
 * Besides what is said below, methods reject with a `RecordStoreError`, or with `signal.reason`.
 */
export interface RecordStore {
  /**
   * Stores a record. False when a better one is there, which stays. When it resolves the record is stored: it survives
   * the end of the process if the medium does. Rejects as the validator does for a record that is not valid now.
   */
  put(key: Uint8Array, value: Uint8Array, options?: AbortOptions): Promise<boolean>
  /** The best valid value. Rejects with a `NotFoundError` when there is none. */
  get(key: Uint8Array, options?: AbortOptions): Promise<Uint8Array>
  /** All valid records whose keys begin with `prefix`. A key may come again with a better value. */
  query(prefix: Uint8Array, options?: AbortOptions): AsyncIterable<StoredRecord>
  /** Removes what is under a key, valid or not; nothing is no error. */
  delete(key: Uint8Array, options?: AbortOptions): Promise<void>
  /** Calls `listener` for every valid record that is put, or heard of, and better than the one before. */
  subscribe(prefix: Uint8Array, listener: (record: StoredRecord) => void): Undo
  /** Whether the medium can do it. What it cannot throws a `RecordStoreError` (`unsupported`). `put` and `get` are always there. */
  can(what: 'query' | 'delete' | 'subscribe'): boolean
}

export interface RecordStoreOptions {
  readonly medium: RecordMedium
  /** Who says what is valid, by namespace. Default: `pk` and `ipns`. */
  readonly validators?: RecordValidators
  /** Default: the system's. */
  readonly clock?: Clock
  /** Told of listeners that throw. Default: nobody is. */
  readonly log?: Logger
}

export function createRecordStore(options: RecordStoreOptions): RecordStore {
  return new ValidatedStore(options)
}

class ValidatedStore implements RecordStore {
  private readonly medium: RecordMedium
  private readonly validators: RecordValidators
  private readonly clock: Clock
  private readonly log: Logger
  private subscriptions = 0

  constructor({ medium, validators, clock, log }: RecordStoreOptions) {
    this.medium = medium
    this.validators = validators ?? defaultValidators
    this.clock = clock ?? systemClock
    this.log = log ?? noLog
  }

  async put(key: Uint8Array, value: Uint8Array, { signal }: AbortOptions = {}): Promise<boolean> {
    signal?.throwIfAborted()
    checkSize('key', key, MAX_KEY_BYTES)
    checkSize('value', value, MAX_VALUE_BYTES)
    const validator = validatorOf(this.validators, key)
    await validator.validate(key, value, this.clock.now())
    let isBest = true
    await this.use('write', key, signal, () =>
      this.medium.update(
        key,
        async found => {
          const best = await this.bestOf(validator, key, found)
          isBest = best === undefined || isBetter(validator, key, value, best) || bytesEqual(value, best)
          return isBest ? value : undefined
        },
        { signal }
      )
    )
    return isBest
  }

  async get(key: Uint8Array, { signal }: AbortOptions = {}): Promise<Uint8Array> {
    signal?.throwIfAborted()
    const validator = validatorOf(this.validators, key)
    const found = await this.use('read', key, signal, () => this.medium.read(key, { signal }))
    const failures: unknown[] = []
    const best = await this.bestOf(validator, key, found, failures)
    if (best !== undefined) return best
    const what = found.length === 0 ? 'there is no record' : `none of ${found.length} records is valid`
    throw new NotFoundError(`${what} under ${nameOf(key)}`, { cause: failures[0] })
  }

  async *query(prefix: Uint8Array, { signal }: AbortOptions = {}): AsyncGenerator<StoredRecord> {
    signal?.throwIfAborted()
    const list = this.medium.list?.bind(this.medium)
    if (list === undefined) throw this.unsupported('query')
    const told = new BestValues(this.validators)
    const records = list(prefix, { signal })[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await this.use('list', prefix, signal, () => records.next())
        signal?.throwIfAborted()
        if (done === true) return
        if (startsWith(value.key, prefix) && (await this.isValid(value)) && told.offer(value)) yield value
      }
    } finally {
      await records.return?.()
    }
  }

  async delete(key: Uint8Array, { signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    const remove = this.medium.remove?.bind(this.medium)
    if (remove === undefined) throw this.unsupported('delete')
    await this.use('delete', key, signal, () => remove(key, { signal }))
  }

  subscribe(prefix: Uint8Array, listener: (record: StoredRecord) => void): Undo {
    const listen = this.medium.listen?.bind(this.medium)
    if (listen === undefined) throw this.unsupported('subscribe')
    if (this.subscriptions >= MAX_SUBSCRIPTIONS) {
      throw new RecordStoreError('full', `the record store has ${this.subscriptions} subscriptions already`)
    }
    this.subscriptions++
    const notices = new Notices(record => this.announce(record, told, listener))
    const told = new BestValues(this.validators)
    const stop = listen(record => {
      if (startsWith(record.key, prefix)) notices.add(record)
    })
    return () => {
      if (notices.isOver) return
      notices.isOver = true
      this.subscriptions--
      stop()
    }
  }

  can(what: 'query' | 'delete' | 'subscribe'): boolean {
    return this.medium[METHODS[what]] !== undefined
  }

  private async announce(
    record: StoredRecord,
    told: BestValues,
    listener: (record: StoredRecord) => void
  ): Promise<void> {
    if (!(await this.isValid(record)) || !told.offer(record)) return
    try {
      listener(record)
    } catch (err) {
      this.log.error('a listener of records under %s threw - %e', nameOf(record.key), err)
    }
  }

  private unsupported(what: string): RecordStoreError {
    return new RecordStoreError('unsupported', `records in the ${this.medium.name}: this medium has no ${what}`)
  }

  /** The best of those values that are valid now. What is wrong with the others is added to `failures`. */
  private async bestOf(
    validator: RecordValidator,
    key: Uint8Array,
    values: readonly Uint8Array[],
    failures: unknown[] = []
  ): Promise<Uint8Array | undefined> {
    const now = this.clock.now()
    const valid: Uint8Array[] = []
    for (const value of values.slice(0, MAX_VALUES_PER_KEY)) {
      try {
        checkSize('value', value, MAX_VALUE_BYTES)
        await validator.validate(key, value, now)
        valid.push(value)
      } catch (err) {
        failures.push(err)
      }
    }
    return valid.length > 1 ? valid[validator.select(key, valid)] : valid[0]
  }

  private async isValid({ key, value }: StoredRecord): Promise<boolean> {
    try {
      return (await this.bestOf(validatorOf(this.validators, key), key, [value])) !== undefined
    } catch {
      return false
    }
  }

  private async use<T>(
    what: string,
    key: Uint8Array,
    signal: AbortSignal | undefined,
    work: () => Promise<T>
  ): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof Libp2pError) throw cause
      throw new RecordStoreError('medium-failed', `${this.medium.name} could not ${what} ${nameOf(key)}`, { cause })
    }
  }
}

const METHODS = { query: 'list', delete: 'remove', subscribe: 'listen' } as const

/** Announcements on their way through validation, one after the other. */
class Notices {
  isOver = false
  private readonly take: (record: StoredRecord) => Promise<void>
  private pending = 0
  private tail: Promise<void> = Promise.resolve()

  constructor(take: (record: StoredRecord) => Promise<void>) {
    this.take = take
  }

  add(record: StoredRecord): void {
    if (this.pending >= MAX_PENDING_NOTICES) return
    this.pending++
    this.tail = this.tail.then(async () => {
      this.pending--
      if (!this.isOver) await this.take(record)
    })
  }
}

function checkSize(what: 'key' | 'value', { byteLength }: Uint8Array, limit: number): void {
  if (byteLength > limit) throw new RecordStoreError('too-large', `a ${what} of ${byteLength} bytes is over ${limit}`)
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.byteLength >= prefix.byteLength && bytesEqual(bytes.subarray(0, prefix.byteLength), prefix)
}

/** For messages: the namespace readable, the rest in hex. */
function nameOf(key: Uint8Array): string {
  const end = key.indexOf(0x2f, 1) + 1
  return `${String.fromCharCode(...key.subarray(0, end)).replace(/[^ -~]/g, '?')}${toHex(key.subarray(end))}`
}
