import { Cursor, lengthPrefixed } from '@ts-libp2p/bytes'
import { KadError } from '../errors.ts'
import { MAX_CLOSER_PEERS, MAX_KEY_BYTES, MAX_MESSAGE_FIELDS, MAX_PROVIDERS_READ } from '../limits.ts'
import { Message as Wire } from '../pb/dht.js'

export const MessageType = {
  PUT_VALUE: 0,
  GET_VALUE: 1,
  ADD_PROVIDER: 2,
  GET_PROVIDERS: 3,
  FIND_NODE: 4,
  PING: 5
} as const
export type MessageName = keyof typeof MessageType
export type MessageType = (typeof MessageType)[MessageName]

/** A request or an answer. Peers and the record are in their wire form: most are never looked at. */
export interface Message {
  readonly type: MessageType
  readonly key: Uint8Array
  readonly record?: Uint8Array
  readonly closerPeers: readonly Uint8Array[]
  readonly providerPeers: readonly Uint8Array[]
}

/** What is sent: with its length before it. */
export type Frame = Uint8Array

const NAMES = Object.keys(MessageType) as MessageName[]

export function nameOfType(type: MessageType): MessageName {
  return NAMES[type] as MessageName
}

export function encodeMessage(message: Partial<Message> & Pick<Message, 'type'>): Uint8Array {
  return Wire.encode(message as unknown as Wire.$Properties).finish()
}

/** A message as it goes out. Requests are made once and sent to many. */
export function frame(message: Partial<Message> & Pick<Message, 'type'>): Frame {
  return lengthPrefixed(encodeMessage(message))
}

/**
 * Reads a message. Everything in it is a view of `bytes`. Closer peers and providers beyond the limits are left out.
 *
 * Throws a `KadError` (`malformed`) for broken protobuf, types and keys that there are not, or thousands of fields.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const { type, key, record, closerPeers, providerPeers } = parse(bytes)
  if (!(type >= 0 && type < NAMES.length)) throw new KadError('malformed', `there is no message type ${type}`)
  if (key.byteLength > MAX_KEY_BYTES) throw new KadError('malformed', `a key of ${key.byteLength} bytes`)
  return {
    type: type as MessageType,
    key,
    record: record ?? undefined,
    closerPeers: closerPeers.slice(0, MAX_CLOSER_PEERS),
    providerPeers: providerPeers.slice(0, MAX_PROVIDERS_READ)
  }
}

function parse(bytes: Uint8Array): Wire {
  try {
    if (endOfFields(bytes, MAX_MESSAGE_FIELDS) === bytes.byteLength) return Wire.decode(bytes)
  } catch (cause) {
    throw new KadError('malformed', `${bytes.byteLength} bytes that are no DHT message`, { cause })
  }
  throw new KadError('malformed', `a message of more than ${MAX_MESSAGE_FIELDS} fields`)
}

/**
 * Where the first `limit` fields of a message end. A message of crumbs would become a hundred times its size in objects:
 * how many there are is known before any is made.
 */
export function endOfFields(bytes: Uint8Array, limit: number): number {
  const cursor = new Cursor(bytes)
  for (let fields = 0; fields < limit && cursor.remaining > 0; fields++) skipField(cursor)
  return cursor.offset
}

function skipField(cursor: Cursor): void {
  switch (cursor.varint() & 7) {
    case 0:
      skipVarint(cursor)
      return
    case 1:
      cursor.take(8)
      return
    case 2:
      cursor.take(cursor.varint())
      return
    case 5:
      cursor.take(4)
      return
    default:
      throw new KadError('malformed', 'a wire type that protobuf does not have')
  }
}

/** A number may have ten bytes, of which we need not know the value. */
function skipVarint(cursor: Cursor): void {
  while (cursor.u8() >= 0x80);
}
