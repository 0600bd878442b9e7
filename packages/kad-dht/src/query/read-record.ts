import { decodeValueRecord } from '@ts-libp2p/record'
import type { DHTRecord } from './events.ts'

/** The record of an answer, not validated; undefined for one that cannot be read. */
export function readRecord(bytes: Uint8Array): DHTRecord | undefined {
  try {
    const { key, value, timeReceived } = decodeValueRecord(bytes)
    return { key, value, ...(timeReceived === undefined ? {} : { timeReceived: new Date(timeReceived) }) }
  } catch {
    return undefined
  }
}
