import { RecordError } from './errors.ts'
import { MAX_NAMESPACE_BYTES } from './limits.ts'

/**
 * What is believed under the keys of one namespace. Implement it for a namespace of your own, or build one from checks
 * with `recordScheme`.
 */
export interface RecordValidator {
  /**
   * Throws or rejects, with a `RecordError` where it can, unless `value` may be stored under `key` and believed at the
   * time `now`, milliseconds since 1970. Neither the key nor the value may be changed.
   */
  validate(key: Uint8Array, value: Uint8Array, now: number): void | Promise<void>
  /**
   * The index of the best of some values that were all validated. The same values in any order give the same best
   * value, so that all peers come to agree. Throws a `RecordError` when none can be read.
   */
  select(key: Uint8Array, values: readonly Uint8Array[]): number
}

/** Validators by namespace: `{ ipns, pk }` for keys `/ipns/…` and `/pk/…`. */
export type RecordValidators = Readonly<Record<string, RecordValidator>>

const SLASH = 0x2f

/** `ipns` of a key `/ipns/<anything>`; undefined for a key that has no namespace. */
export function namespaceOf(key: Uint8Array): string | undefined {
  const end = key.indexOf(SLASH, 1)
  if (key[0] !== SLASH || end < 2 || end - 1 > MAX_NAMESPACE_BYTES) return undefined
  const name = key.subarray(1, end)
  return name.every(byte => byte > 0x20 && byte < 0x7f) ? String.fromCharCode(...name) : undefined
}

/** What follows the namespace in a key, as a view. Empty for a key without a namespace. */
export function keyBody(key: Uint8Array): Uint8Array {
  const namespace = namespaceOf(key)
  return namespace === undefined ? key.subarray(0, 0) : key.subarray(namespace.length + 2)
}

/** A key of the namespace. */
export function namespacedKey(namespace: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(namespace.length + 2 + body.byteLength)
  out[0] = out[namespace.length + 1] = SLASH
  for (let i = 0; i < namespace.length; i++) out[i + 1] = namespace.charCodeAt(i)
  out.set(body, namespace.length + 2)
  return out
}

/** Rejects with a `RecordError` (`unknown-namespace`), or as the namespace's validator does. */
export async function validateRecord(
  validators: RecordValidators,
  key: Uint8Array,
  value: Uint8Array,
  now: number
): Promise<void> {
  await validatorOf(validators, key).validate(key, value, now)
}

/** The index of the best value. Throws a `RecordError` (`unknown-namespace`), or as the namespace's validator does. */
export function selectRecord(validators: RecordValidators, key: Uint8Array, values: readonly Uint8Array[]): number {
  return validatorOf(validators, key).select(key, values)
}

/** Throws a `RecordError` (`unknown-namespace`). */
export function validatorOf(validators: RecordValidators, key: Uint8Array): RecordValidator {
  const namespace = namespaceOf(key)
  // Own properties only: `/constructor/x` is no namespace.
  if (namespace !== undefined && Object.hasOwn(validators, namespace)) return validators[namespace] as RecordValidator
  const what = namespace === undefined ? 'a key without a namespace' : `the namespace ${namespace}`
  throw new RecordError('unknown-namespace', `${what} has no validator: nothing under it can be believed`)
}
