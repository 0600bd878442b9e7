import { bytesEqual, toHex } from '@ts-libp2p/bytes'
import { decodeValueRecord, encodeValueRecord, RecordError, type ValueRecord } from '@ts-libp2p/record'
import { RecordStoreError } from '../errors.ts'
import type { StoredRecord } from '../medium.ts'

/** The name that a key has where names are text: hex, so that a prefix of the key is a prefix of the name. */
export function textOf(key: Uint8Array): string {
  return toHex(key)
}

/** What is kept: the record of the DHT's messages, which holds its key and the time. */
export function seal(key: Uint8Array, value: Uint8Array, timeReceived: number): Uint8Array {
  return encodeValueRecord({ key, value, timeReceived })
}

/** Throws a `RecordStoreError` (`damaged`), also for a record of another key. */
export function unseal(key: Uint8Array, bytes: Uint8Array): StoredRecord {
  const record = readSealed(bytes)
  if (record !== undefined && bytesEqual(record.key, key)) return record
  throw new RecordStoreError('damaged', `what is stored under ${toHex(key)} is not its record`)
}

/** The record of a list's entry, if it is one and lies where it belongs. */
export function unsealListed(name: string, bytes: Uint8Array): StoredRecord[] {
  const record = readSealed(bytes)
  return record !== undefined && textOf(record.key) === name ? [record] : []
}

/** The record of whatever bytes, if they are one. */
export function unsealAny(bytes: Uint8Array): StoredRecord[] {
  const record = readSealed(bytes)
  return record === undefined ? [] : [record]
}

function readSealed(bytes: Uint8Array): ValueRecord | undefined {
  try {
    return decodeValueRecord(bytes)
  } catch (err) {
    if (err instanceof RecordError) return undefined
    throw err
  }
}
