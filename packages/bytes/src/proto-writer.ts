import { MAX_KEPT_SCRATCH_BYTES } from './limits.ts'
import { fromUtf8 } from './text.ts'

const FIRST_SCRATCH_BYTES = 512
/** Above it the platform's encoder is faster than a loop (measured: Node 20 and 26). */
const MAX_LOOP_CHARACTERS = 64

/** Taken by the writer at work, so that one that starts meanwhile gets its own. */
let scratch: Uint8Array<ArrayBuffer> | undefined

/**
 * Writes a protobuf message from its end to its beginning, for the code that `pnpm proto` generates: that way a length
 * is known when its turn comes. Fields are given last first.
 */
export class ProtoWriter {
  #bytes: Uint8Array<ArrayBuffer>
  /** Where the message begins so far. */
  #at: number

  constructor() {
    this.#bytes = scratch ?? new Uint8Array(FIRST_SCRATCH_BYTES)
    this.#at = this.#bytes.byteLength
    scratch = undefined
  }

  /** The message, in an array of its own. Ends the writer. */
  finish(): Uint8Array<ArrayBuffer> {
    const message = this.#bytes.slice(this.#at)
    if (this.#bytes.byteLength <= MAX_KEPT_SCRATCH_BYTES) scratch = this.#bytes
    return message
  }

  bytes(tag: number, value: Uint8Array): void {
    this.raw(value)
    this.#varint(value.byteLength)
    this.#varint(tag)
  }

  /** Bytes with no length before them, and no tag. */
  raw(value: Uint8Array): void {
    const at = this.#reserve(value.byteLength)
    this.#bytes.set(value, at)
  }

  string(tag: number, text: string): void {
    if (this.#ascii(text)) {
      this.#varint(text.length)
      this.#varint(tag)
    } else {
      this.bytes(tag, fromUtf8(text))
    }
  }

  uint32(tag: number, value: number): void {
    this.#varint(value >>> 0)
    if (tag > 0) this.#varint(tag)
  }

  bool(tag: number, value: boolean): void {
    this.uint32(tag, value ? 1 : 0)
  }

  /** Also for int64, which is written in two's complement. A number must be an integer. */
  uint64(tag: number, value: bigint | number): void {
    let rest = BigInt.asUintN(64, BigInt(value))
    const groups: number[] = []
    do {
      groups.push(Number(rest & 0x7fn))
      rest >>= 7n
    } while (rest > 0n)
    const at = this.#reserve(groups.length)
    for (let i = 0; i < groups.length; i++) this.#bytes[at + i] = (groups[i] as number) | 0x80
    this.#bytes[at + groups.length - 1] = groups.at(-1) as number
    if (tag > 0) this.#varint(tag)
  }

  message<T>(tag: number, message: T, encode: (message: T, writer: ProtoWriter) => void): void {
    const before = this.#length
    encode(message, this)
    this.#varint(this.#length - before)
    this.#varint(tag)
  }

  get #length(): number {
    return this.#bytes.byteLength - this.#at
  }

  /** Writes a short text of ASCII; false, with nothing written, for another. */
  #ascii(text: string): boolean {
    const { length } = text
    if (length > MAX_LOOP_CHARACTERS) return false
    const at = this.#reserve(length)
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) {
        this.#at += length
        return false
      }
      this.#bytes[at + i] = code
    }
    return true
  }

  #varint(value: number): void {
    let at = this.#reserve(value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5)
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[at++] = rest | 0x80
    this.#bytes[at] = rest
  }

  #reserve(length: number): number {
    if (length > this.#at) this.#grow(length)
    this.#at -= length
    return this.#at
  }

  #grow(length: number): void {
    const written = this.#bytes.subarray(this.#at)
    const larger = new Uint8Array(Math.max(2 * this.#bytes.byteLength, written.byteLength + length + 64))
    this.#at = larger.byteLength - written.byteLength
    larger.set(written, this.#at)
    this.#bytes = larger
  }
}
