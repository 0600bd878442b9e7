import { readVarint } from '@ts-libp2p/bytes'
import { PubsubError } from './errors.ts'

const VARINT = 0
const FIXED64 = 1
const LENGTH = 2
const FIXED32 = 5
const MAX_VARINT64_BYTES = 10

/**
 * Walks over the fields of a protobuf message without decoding them: how limits are applied before anything is
 * allocated, and how a message is read as views. Throws a `PubsubError` (`malformed`).
 *
 * @example
 * const fields = new Fields(bytes)
 * while (fields.next()) if (fields.number === 2) use(fields.value())
 */
export class Fields {
  readonly bytes: Uint8Array
  /** Field number, and where its tag begins. */
  number = 0
  tagStart = 0
  /** Where the value begins and ends. */
  start = 0
  end = 0
  private wireType = 0
  private readonly limit: number

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.byteLength) {
    this.bytes = bytes
    this.end = start
    this.limit = end
  }

  /** Moves to the next field. False at the end. */
  next(): boolean {
    if (this.end >= this.limit) return false
    this.tagStart = this.end
    const tag = this.varint(this.end)
    this.number = Math.floor(tag / 8)
    this.wireType = tag % 8
    if (this.number === 0) throw new PubsubError('malformed', 'a protobuf field with the number 0')
    const length = this.lengthOf()
    if (length > this.limit - this.start) throw new PubsubError('malformed', 'a protobuf field goes on past the end')
    this.end = this.start + length
    return true
  }

  /** True for bytes, text and messages. */
  get isBytes(): boolean {
    return this.wireType === LENGTH
  }

  /** A view of the value. */
  value(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  /** The fields of the value, which is a message. */
  nested(): Fields {
    if (!this.isBytes) throw new PubsubError('malformed', `protobuf field ${this.number} should be a message`)
    return new Fields(this.bytes, this.start, this.end)
  }

  private lengthOf(): number {
    switch (this.wireType) {
      case LENGTH:
        return this.varint(this.start)
      case VARINT:
        return this.varintLength()
      case FIXED64:
        return 8
      case FIXED32:
        return 4
      default:
        throw new PubsubError('malformed', `protobuf wire type ${this.wireType}`)
    }
  }

  /** Reads a varint and leaves `start` behind it. */
  private varint(at: number): number {
    const first = this.bytes[at] as number
    if (at < this.limit && first < 0x80) {
      this.start = at + 1
      return first
    }
    // Most lengths have one byte or two, and no object is made for them. A last byte of 0 is one too many.
    const second = this.bytes[at + 1] as number
    if (at + 1 < this.limit && second < 0x80 && second > 0) {
      this.start = at + 2
      return (first & 0x7f) | (second << 7)
    }
    const read = minimalVarint(this.bytes, at, this.limit)
    this.start = read.next
    return read.value
  }

  /** Of a varint of up to 64 bits, whose value nobody needs. */
  private varintLength(): number {
    for (let length = 1; length <= MAX_VARINT64_BYTES && this.start + length <= this.limit; length++) {
      if ((this.bytes[this.start + length - 1] as number) < 0x80) return length
    }
    throw new PubsubError('malformed', 'a protobuf varint without an end')
  }
}

function minimalVarint(bytes: Uint8Array, at: number, limit: number): { value: number; next: number } {
  try {
    const read = readVarint(bytes, at, limit)
    if (read !== undefined) return read
  } catch (cause) {
    throw new PubsubError('malformed', 'a protobuf varint that nobody writes so', { cause })
  }
  throw new PubsubError('malformed', 'a protobuf varint goes on past the end')
}
