import { concat, fromUtf8, toUtf8, varintLength, writeVarint } from '@ts-libp2p/bytes'
import { PubsubError } from './errors.ts'
import { Fields } from './fields.ts'

/** Field numbers, https://github.com/libp2p/specs/blob/master/pubsub/README.md#the-message */
export const FROM = 1
const DATA = 2
export const SEQNO = 3
const TOPIC = 4
export const SIGNATURE = 5
export const KEY = 6

/** The fields of a message. What is absent is undefined, and differs from what is empty. */
export interface MessageFields {
  readonly from?: Uint8Array
  readonly data?: Uint8Array
  readonly seqno?: Uint8Array
  readonly topic: string
  readonly signature?: Uint8Array
  readonly key?: Uint8Array
}

/** A message in its canonical protobuf form, with its fields as views of it. */
export interface WireMessage extends MessageFields {
  readonly bytes: Uint8Array
  /** How many of the bytes, from the first, the signature covers: all before it, for its field and the key's are last. */
  readonly signedLength: number
}

const EMPTY = new Uint8Array(0)

/**
 * Finds the fields of a message without making anything of them: most messages are copies of one seen before, and are
 * dropped as soon as their name is known. One scanner reads one message after the other.
 *
 * @example
 * scanner.scan(bytes)
 * if (scanner.has(SIGNATURE)) use(scanner.message(names))
 */
export class MessageScanner {
  private bytes: Uint8Array = EMPTY
  private readonly starts: number[] = [-1, -1, -1, -1, -1, -1, -1]
  private readonly ends: number[] = [0, 0, 0, 0, 0, 0, 0]
  private signedLength = 0
  private isCanonical = true

  /** Throws a `PubsubError` (`malformed`). */
  scan(bytes: Uint8Array): void {
    this.bytes = bytes
    this.starts.fill(-1)
    this.signedLength = bytes.byteLength
    this.isCanonical = true
    const fields = new Fields(bytes)
    for (let last = 0; fields.next(); ) {
      const { number } = fields
      if (number > KEY || number <= last) this.isCanonical = false
      if (number > KEY) continue
      if (!fields.isBytes) throw new PubsubError('malformed', `message field ${number} is not bytes`)
      if (number >= SIGNATURE && last < SIGNATURE) this.signedLength = fields.tagStart
      this.starts[number] = fields.start
      this.ends[number] = fields.end
      last = number
    }
  }

  /** Bytes of a field, or -1 when it is absent. */
  length(field: number): number {
    const start = this.starts[field] as number
    return start < 0 ? -1 : (this.ends[field] as number) - start
  }

  /** Copies a field to `target`, and returns where it ends there. */
  copy(field: number, target: Uint8Array, at: number): number {
    let to = at
    for (let from = this.starts[field] as number; from < (this.ends[field] as number); from++) {
      target[to++] = this.bytes[from] as number
    }
    return to
  }

  /** The topic as text, without a view of it where it is the latest again. Throws a `PubsubError` (`malformed`). */
  topic(names: TopicNames): string {
    const start = this.starts[TOPIC] as number
    return start < 0 ? names.of(EMPTY) : names.of(this.bytes, start, this.ends[TOPIC])
  }

  /** A view, or undefined when it is absent. */
  view(field: number): Uint8Array | undefined {
    const start = this.starts[field] as number
    return start < 0 ? undefined : this.bytes.subarray(start, this.ends[field])
  }

  /**
   * The message: views of what was scanned, unless that is not in the canonical form that all others would encode again:
   * fields in order, each at most once, none unknown. Throws a `PubsubError` (`malformed`).
   */
  message(names: TopicNames): WireMessage {
    const { bytes, signedLength } = this
    const read = {
      from: this.view(FROM),
      data: this.view(DATA),
      seqno: this.view(SEQNO),
      topic: this.topic(names),
      signature: this.view(SIGNATURE),
      key: this.view(KEY)
    }
    return this.isCanonical ? { ...read, bytes, signedLength } : encodeMessage(read)
  }
}

/** Reads a message. Throws a `PubsubError` (`malformed`). */
export function parseMessage(bytes: Uint8Array, names: TopicNames): WireMessage {
  const scanner = new MessageScanner()
  scanner.scan(bytes)
  return scanner.message(names)
}

/** The canonical form: fields in ascending order. The result's fields are views of its own bytes. */
export function encodeMessage(fields: MessageFields): WireMessage {
  const topic = fromUtf8(fields.topic)
  const values = [undefined, fields.from, fields.data, fields.seqno, topic, fields.signature, fields.key]
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + fieldLength(value), 0))
  let at = 0
  let signedLength = 0
  const [, from, data, seqno, , signature, key] = values.map((value, number) => {
    if (value === undefined) return undefined
    at = writeField(bytes, at, number, value)
    if (number <= TOPIC) signedLength = at
    return bytes.subarray(at - value.byteLength, at)
  })
  return { from, data, seqno, topic: fields.topic, signature, key, bytes, signedLength }
}

/** Turns topics into text. The same few come again and again, so the latest is remembered. */
export class TopicNames {
  private bytes: Uint8Array = EMPTY
  private text = ''

  of(bytes: Uint8Array, start = 0, end: number = bytes.byteLength): string {
    if (this.isLatest(bytes, start, end)) return this.text
    const name = new Uint8Array(bytes.subarray(start, end))
    try {
      this.text = toUtf8(name)
    } catch (cause) {
      throw new PubsubError('malformed', 'a topic that is not UTF-8', { cause })
    }
    this.bytes = name
    return this.text
  }

  private isLatest(bytes: Uint8Array, start: number, end: number): boolean {
    const { bytes: latest } = this
    if (end - start !== latest.byteLength) return false
    for (let i = 0; i < latest.byteLength; i++) if (bytes[start + i] !== latest[i]) return false
    return true
  }
}

const SIGNATURE_PREFIX = fromUtf8('libp2p-pubsub:')

/** What the author signs: a prefix and the message without signature and key. */
export function signingInput(message: WireMessage): Uint8Array {
  return concat(signingPieces(message))
}

/** The same, not joined. */
export function signingPieces({ bytes, signedLength }: WireMessage): Uint8Array[] {
  return [SIGNATURE_PREFIX, bytes.subarray(0, signedLength)]
}

/** The signed form of a message that has no signature yet. */
export function withSignature(
  message: WireMessage,
  proof: { readonly signature: Uint8Array; readonly key?: Uint8Array }
): WireMessage {
  const { from, data, seqno, topic } = message
  return encodeMessage({ from, data, seqno, topic, ...proof })
}

const PUBLISH_TAG = (2 << 3) | 2

/** An RPC with this message and nothing else, its length before it, and the message as views of that copy. */
export function frameMessage(message: WireMessage): { frame: Uint8Array; wire: WireMessage } {
  const { byteLength } = message.bytes
  const body = 1 + varintLength(byteLength) + byteLength
  const start = varintLength(body) + body - byteLength
  const frame = new Uint8Array(start + byteLength)
  const at = writeVarint(body, frame, 0)
  frame[at] = PUBLISH_TAG
  writeVarint(byteLength, frame, at + 1)
  frame.set(message.bytes, start)
  return { frame, wire: moved(message, frame.subarray(start)) }
}

/** The same message in other bytes: what it was read from, a large chunk perhaps, can go. */
function moved(message: WireMessage, bytes: Uint8Array): WireMessage {
  const { bytes: old, topic, signedLength } = message
  const move = (view: Uint8Array | undefined): Uint8Array | undefined => {
    if (view === undefined || view.buffer !== old.buffer) return view
    const at = view.byteOffset - old.byteOffset
    return bytes.subarray(at, at + view.byteLength)
  }
  return {
    ...{ topic, bytes, signedLength, from: move(message.from), data: move(message.data), seqno: move(message.seqno) },
    ...{ signature: move(message.signature), key: move(message.key) }
  }
}

function fieldLength(value: Uint8Array | undefined): number {
  return value === undefined ? 0 : 1 + varintLength(value.byteLength) + value.byteLength
}

function writeField(target: Uint8Array, at: number, number: number, value: Uint8Array): number {
  target[at] = (number << 3) | 2
  const start = writeVarint(value.byteLength, target, at + 1)
  target.set(value, start)
  return start + value.byteLength
}
