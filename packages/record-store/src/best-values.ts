import { bytesEqual, toHex } from '@ts-libp2p/bytes'
import { type RecordValidator, type RecordValidators, validatorOf } from '@ts-libp2p/record'
import { MAX_REMEMBERED_KEYS } from './limits.ts'
import type { StoredRecord } from './medium.ts'

/** The best value seen of each key, for so many keys; those seen longest ago are forgotten. */
export class BestValues {
  private readonly validators: RecordValidators
  private readonly values = new Map<string, Uint8Array>()

  constructor(validators: RecordValidators) {
    this.validators = validators
  }

  /** Remembers a valid record; false when it is no better than the one before. */
  offer({ key, value }: StoredRecord): boolean {
    const name = toHex(key)
    const known = this.values.get(name)
    if (known !== undefined && !isBetter(validatorOf(this.validators, key), key, value, known)) return false
    this.values.delete(name)
    this.values.set(name, value)
    if (this.values.size > MAX_REMEMBERED_KEYS) this.values.delete(this.values.keys().next().value as string)
    return true
  }
}

export function isBetter(validator: RecordValidator, key: Uint8Array, value: Uint8Array, than: Uint8Array): boolean {
  return !bytesEqual(value, than) && validator.select(key, [than, value]) === 1
}
