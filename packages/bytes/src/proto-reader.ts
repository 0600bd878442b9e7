import { BytesError } from './errors.ts'
import { MAX_GROUP_DEPTH } from './limits.ts'
import { toUtf8 } from './text.ts'

/**
 * Reads the fields of a protobuf message, for the code that `pnpm proto` generates. Every read is bounds-checked and
 * throws a `BytesError`: `truncated`, `not-protobuf` or `not-utf8`. Bytes are views of the input, plain `Uint8Array`s
 * even of a Buffer. Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoReader {
  readonly #bytes: Uint8Array
  #at = 0
  #end: number

  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.byteLength
  }

  /** Whether the message, or the embedded one that is being read, has no more bytes. */
  get isAtEnd(): boolean {
    return this.#at === this.#end
  }

  /** The next field's number and wire type, or 0 at the end of the message. */
  tag(): number {
    if (this.isAtEnd) return 0
    const tag = this.#shortVarint()
    if (tag < 8) throw notProtobuf('field number 0')
    return tag
  }

  /** The low 32 bits of a varint, as all implementations read one that is longer. */
  uint32(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte()
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw notProtobuf('a varint of more than 10 bytes')
  }

  bool(): boolean {
    return this.uint64() !== 0n
  }

  uint64(): bigint {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte()
      const bits = byte & 0x7f
      if (shift < 32) low |= bits << shift
      if (shift === 28) high = bits >> 4
      if (shift > 28) high |= bits << (shift - 32)
      if (byte < 0x80) return join(low, high)
    }
    throw notProtobuf('a varint of more than 10 bytes')
  }

  bytes(): Uint8Array {
    return this.raw(this.#shortVarint())
  }

  /** Bytes with no length before them. */
  raw(length: number): Uint8Array {
    const at = this.#advance(length)
    return this.#bytes.subarray(at, at + length)
  }

  string(): string {
    return toUtf8(this.bytes())
  }

  /** As proto2 has it: what is not UTF-8 is replaced. */
  looseString(): string {
    return loose.decode(this.bytes())
  }

  /** Reads an embedded message; one that comes twice is merged `into` the first. */
  message<T>(decode: (reader: ProtoReader, into?: T) => T, into?: T): T {
    const outer = this.#narrow()
    const message = decode(this, into)
    this.#end = outer
    return message
  }

  /** Passes over a field that is unknown, or of another type than ours. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case 0:
        this.uint32()
        return
      case 1:
        this.#advance(8)
        return
      case 2:
        this.#advance(this.#shortVarint())
        return
      case 3:
        this.#skipGroup(tag, depth)
        return
      case 5:
        this.#advance(4)
        return
      default:
        throw notProtobuf(`wire type ${tag & 7}`)
    }
  }

  #skipGroup(start: number, depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) throw notProtobuf(`groups more than ${MAX_GROUP_DEPTH} deep`)
    for (let tag = this.tag(); tag !== start + 1; tag = this.tag()) {
      if (tag === 0) throw truncated()
      this.skip(tag, depth + 1)
    }
  }

  /** Sets the end to that of the length-delimited field that comes, and returns the outer end. */
  #narrow(): number {
    const length = this.#shortVarint()
    const outer = this.#end
    this.#end = this.#advance(length) + length
    this.#at -= length
    return outer
  }

  /** A tag or a length: at most 32 bits, in at most 5 bytes. */
  #shortVarint(): number {
    const start = this.#at
    const value = this.uint32()
    const length = this.#at - start
    if (length > 5 || (length === 5 && (this.#bytes[this.#at - 1] as number) > 0x0f)) {
      throw notProtobuf('a tag or length of more than 32 bits')
    }
    return value
  }

  #byte(): number {
    if (this.isAtEnd) throw truncated()
    return this.#bytes[this.#at++] as number
  }

  #advance(length: number): number {
    if (length > this.#end - this.#at) throw truncated()
    const at = this.#at
    this.#at += length
    return at
  }
}

const loose = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

function join(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}

function truncated(): BytesError {
  return new BytesError('truncated', 'the protobuf message ends early')
}

function notProtobuf(why: string): BytesError {
  return new BytesError('not-protobuf', `not a protobuf message: ${why}`)
}
