import type { PublicKey } from '@ts-libp2p/interface'
import { RecordError } from './errors.ts'
import type { RecordValidator } from './validators.ts'

/** One thing that must hold of a record at the time `now`: throws or rejects otherwise. */
export type RecordCheck<R> = (record: R, now: number) => void | Promise<void>

/** The way records of one kind are read, believed and ordered: what IPRS calls a validity scheme. */
export interface RecordScheme<R> {
  /** Reads a value under a key. Throws a `RecordError` for one that cannot be read or belongs elsewhere. */
  parse(key: Uint8Array, value: Uint8Array): R
  /** In the order to run them: cheap ones first. */
  readonly checks: readonly RecordCheck<R>[]
  /** What makes one record better than another: the greater first key, of equal ones the greater second key, … */
  readonly order: readonly ((record: R) => number | bigint)[]
}

/**
 * A validator made of pluggable checks.
 *
 * @example
 * const validator = recordScheme({
 *   parse: (key, value) => parseNote(key, value),
 *   checks: [isCurrent(note => note), isSigned(note => note)],
 *   order: [note => note.sequence, note => note.until]
 * })
 *
 * https://github.com/libp2p/specs/blob/master/IPRS.md
 */
export function recordScheme<R>(scheme: RecordScheme<R>): RecordValidator {
  return {
    async validate(key, value, now) {
      const record = scheme.parse(key, value)
      for (const check of scheme.checks) await check(record, now)
    },
    select: (key, values) => best(scheme, key, values)
  }
}

/** Milliseconds since 1970: the record is good from `from` on, until `until` is reached. Both may be left out. */
export interface Lifetime {
  readonly from?: number
  readonly until?: number
}

/** The check that a record is good now: `expired` or `not-yet-valid`. */
export function isCurrent<R>(lifetimeOf: (record: R) => Lifetime): RecordCheck<R> {
  return (record, now) => {
    const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = lifetimeOf(record)
    if (now >= until) throw new RecordError('expired', `the record expired at ${timeText(until)}`)
    if (now < from) throw new RecordError('not-yet-valid', `the record is good from ${timeText(from)} on`)
  }
}

export interface SignedData {
  readonly publicKey: PublicKey
  readonly signedBytes: Uint8Array
  readonly signature: Uint8Array
}

/** The check that a key signed the record: `bad-signature`. That it is the right key is for `parse` to see to. */
export function isSigned<R>(signedDataOf: (record: R) => SignedData): RecordCheck<R> {
  return async record => {
    const { publicKey, signedBytes, signature } = signedDataOf(record)
    if (await publicKey.verify(signedBytes, signature)) return
    throw new RecordError('bad-signature', `the ${publicKey.type} key of the record did not sign it`)
  }
}

function best<R>({ parse, order }: RecordScheme<R>, key: Uint8Array, values: readonly Uint8Array[]): number {
  let winner: { index: number; record: R; value: Uint8Array } | undefined
  let failure: unknown
  for (const [index, value] of values.entries()) {
    try {
      const record = parse(key, value)
      const isBetter =
        winner === undefined || (compare(order, record, winner.record) || compareBytes(value, winner.value)) > 0
      if (isBetter) winner = { index, record, value }
    } catch (error) {
      failure = error
    }
  }
  if (winner !== undefined) return winner.index
  throw new RecordError('malformed', `none of ${values.length} values can be read`, { cause: failure })
}

function compare<R>(order: RecordScheme<R>['order'], a: R, b: R): number {
  for (const by of order) {
    const [x, y] = [by(a), by(b)]
    if (x !== y) return x > y ? 1 : -1
  }
  return 0
}

// Of records that are equally good the one with the greater bytes: go-libp2p and Kubo decide so too.
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.byteLength, b.byteLength)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.byteLength - b.byteLength
}

function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`
}
