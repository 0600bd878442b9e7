import { RecordError } from './errors.ts'
import { ValueRecord as ValueRecordMessage } from './pb/value-record.js'
import { formatTime, parseTime, toMilliseconds } from './rfc3339.ts'

/** A value as the DHT stores and sends it. It proves nothing by itself: the validator of its key's namespace does. */
export interface ValueRecord {
  /** `/<namespace>/<the rest, often binary>`. */
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Milliseconds since 1970: when whoever keeps it took it. What another peer says here is not to be relied on. */
  readonly timeReceived?: number
}

/** The wire form; the same bytes for the same record. */
export function encodeValueRecord({ key, value, timeReceived }: ValueRecord): Uint8Array<ArrayBuffer> {
  const time = timeReceived === undefined ? undefined : formatTime(timeReceived)
  return ValueRecordMessage.encode({ key, value, timeReceived: time }).finish()
}

/**
 * Reads a record. Key and value are views of `bytes`. A time that cannot be read is left out, and so are the author and
 * signature of old records.
 *
 * Throws a `RecordError` (`malformed`) for broken protobuf. The caller limits the size.
 */
export function decodeValueRecord(bytes: Uint8Array): ValueRecord {
  const { key, value, timeReceived } = decodeMessage(bytes)
  const time = parseTime(timeReceived)
  return { key, value, ...(time === undefined ? {} : { timeReceived: toMilliseconds(time) }) }
}

function decodeMessage(bytes: Uint8Array): ValueRecordMessage {
  try {
    return ValueRecordMessage.decode(bytes)
  } catch (cause) {
    throw new RecordError('malformed', `not a value record: ${bytes.byteLength} bytes of broken protobuf`, { cause })
  }
}
