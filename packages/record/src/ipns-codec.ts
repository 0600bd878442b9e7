import { decode as decodeCbor, encode as encodeCbor } from '@ipld/dag-cbor'
import { bytesEqual, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { RecordError } from './errors.ts'
import { MAX_IPNS_RECORD_BYTES } from './limits.ts'
import { IpnsEntry } from './pb/ipns.js'
import { parseTime } from './rfc3339.ts'

/** What an IPNS record says; all of it is in the signed CBOR. */
export interface IpnsFields {
  /** Mostly text: `/ipfs/<cid>`. */
  readonly value: Uint8Array
  readonly sequence: bigint
  readonly ttlNs: bigint
  /** RFC 3339, as it was written. */
  readonly validity: string
}

/** The parts of an IPNS record as they lie on the wire: views. */
export interface IpnsParts {
  readonly data: Uint8Array
  readonly signatureV2: Uint8Array
  /** A key's protobuf; empty where the name holds the key. */
  readonly publicKey: Uint8Array
  /** Empty in a record of version 2 only. */
  readonly signatureV1: Uint8Array
}

/** The one validity type there is: good until its end of life. */
const EOL = 0

const SIGNATURE_PREFIX = fromUtf8('ipns-signature:')

export function encodeData({ value, sequence, ttlNs, validity }: IpnsFields): Uint8Array {
  return encodeCbor({
    Value: value,
    Validity: fromUtf8(validity),
    ValidityType: EOL,
    Sequence: sequence,
    TTL: ttlNs
  })
}

/** What the signature of version 2 covers. */
export function signedBytesV2(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(SIGNATURE_PREFIX.byteLength + data.byteLength)
  out.set(SIGNATURE_PREFIX)
  out.set(data, SIGNATURE_PREFIX.byteLength)
  return out
}

/** What the signature of version 1 covered: nobody relies on it any more. */
export function signedBytesV1({ value, validity }: IpnsFields): Uint8Array<ArrayBuffer> {
  const end = fromUtf8(`${validity}EOL`)
  const out = new Uint8Array(value.byteLength + end.byteLength)
  out.set(value)
  out.set(end, value.byteLength)
  return out
}

/** The wire form; the fields of version 1 are written where there is a signature of version 1. */
export function encodeIpns(fields: IpnsFields, parts: IpnsParts): Uint8Array<ArrayBuffer> {
  const { data, signatureV2, publicKey, signatureV1 } = parts
  const first = signatureV1.byteLength > 0 ? versionOne(fields, signatureV1) : {}
  return IpnsEntry.encode({ ...first, pubKey: publicKey, signatureV2, data }).finish()
}

/** Throws a `RecordError`: `too-large` or `malformed`. Checks everything except signatures, keys and the time. */
export function decodeIpns(bytes: Uint8Array): IpnsFields & IpnsParts {
  if (bytes.byteLength > MAX_IPNS_RECORD_BYTES) {
    throw new RecordError('too-large', `IPNS record of ${bytes.byteLength} bytes of ${MAX_IPNS_RECORD_BYTES} allowed`)
  }
  const message = decodeMessage(bytes)
  const { data, signatureV2, pubKey: publicKey, signatureV1 } = message
  if (data.byteLength === 0 || signatureV2.byteLength === 0) {
    throw new RecordError('malformed', 'IPNS record without signed data: version 1 alone proves nothing')
  }
  const fields = decodeData(data)
  checkVersionOne(message, fields)
  return { ...fields, data, signatureV2, publicKey, signatureV1 }
}

function versionOne({ value, validity, sequence, ttlNs }: IpnsFields, signatureV1: Uint8Array): IpnsEntry.$Properties {
  return {
    value,
    signatureV1,
    validityType: EOL,
    validity: fromUtf8(validity),
    sequence,
    ttl: ttlNs
  }
}

function decodeMessage(bytes: Uint8Array): IpnsEntry {
  try {
    return IpnsEntry.decode(bytes)
  } catch (cause) {
    throw new RecordError('malformed', `not an IPNS record: ${bytes.byteLength} bytes of broken protobuf`, { cause })
  }
}

function decodeData(data: Uint8Array): IpnsFields {
  const map = decodeMap(data)
  if (map.ValidityType !== EOL && map.ValidityType !== BigInt(EOL)) {
    throw new RecordError('malformed', `IPNS record with the validity type ${String(map.ValidityType)}`)
  }
  return {
    value: bytesIn(map, 'Value'),
    validity: timeIn(bytesIn(map, 'Validity')),
    sequence: uintIn(map, 'Sequence'),
    ttlNs: uintIn(map, 'TTL')
  }
}

function decodeMap(data: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const map: unknown = decodeCbor(data)
    if (typeof map === 'object' && map !== null) return map as Record<string, unknown>
  } catch (cause) {
    throw new RecordError('malformed', `the data of the IPNS record is no DAG-CBOR`, { cause })
  }
  throw new RecordError('malformed', 'the data of the IPNS record is not a map')
}

function bytesIn(map: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  const value = map[name]
  if (value instanceof Uint8Array) return value
  throw new RecordError('malformed', `the data of the IPNS record has no bytes ${name}`)
}

function uintIn(map: Readonly<Record<string, unknown>>, name: string): bigint {
  const value = map[name]
  if ((typeof value === 'bigint' || Number.isSafeInteger(value)) && (value as bigint) >= 0)
    return BigInt(value as bigint)
  throw new RecordError('malformed', `the data of the IPNS record has no unsigned integer ${name}`)
}

function timeIn(bytes: Uint8Array): string {
  try {
    const text = toUtf8(bytes)
    if (parseTime(text) !== undefined) return text
  } catch (cause) {
    throw new RecordError('malformed', 'the validity of the IPNS record is no text', { cause })
  }
  throw new RecordError('malformed', 'the validity of the IPNS record is no RFC 3339 time')
}

/** Fields of version 1 that say something else would mislead old readers: such a record is refused. */
function checkVersionOne(message: IpnsEntry, fields: IpnsFields): void {
  if (message.signatureV1.byteLength === 0 && message.value.byteLength === 0) return
  const isSame =
    bytesEqual(message.value, fields.value) &&
    bytesEqual(message.validity, fromUtf8(fields.validity)) &&
    (message.validityType ?? EOL) === EOL &&
    (message.sequence ?? 0n) === fields.sequence &&
    (message.ttl ?? 0n) === fields.ttlNs
  if (!isSame) throw new RecordError('malformed', 'the IPNS record says one thing in version 1, another in version 2')
}
