import { BytesError } from './errors.ts'
import { readVarint } from './varint.ts'

/**
 * Walks over bytes and knows where they end. Every read throws a `BytesError` (`truncated`) rather than look past it.
 * `take` returns views of the input, not copies.
 *
 * @example
 * const cursor = new Cursor(frame)
 * const type = cursor.u8()
 * const body = cursor.take(cursor.varint())
 */
export class Cursor {
  readonly bytes: Uint8Array
  readonly end: number
  offset: number

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.byteLength) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get remaining(): number {
    return this.end - this.offset
  }

  u8(): number {
    return this.bytes[this.advance(1)] as number
  }

  /** Big-endian. */
  u16(): number {
    const at = this.advance(2)
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number)
  }

  /** Big-endian. */
  u32(): number {
    const at = this.advance(4)
    return readU32(this.bytes, at)
  }

  varint(): number {
    const read = readVarint(this.bytes, this.offset, this.end)
    if (read === undefined) throw truncated(1, this.remaining)
    this.offset = read.next
    return read.value
  }

  take(length: number): Uint8Array {
    const at = this.advance(length)
    return this.bytes.subarray(at, at + length)
  }

  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  private advance(length: number): number {
    if (length > this.remaining) throw truncated(length, this.remaining)
    const at = this.offset
    this.offset += length
    return at
  }
}

/** Reads 4 bytes, big-endian, without a bounds check. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  )
}

/** Writes 4 bytes, big-endian. */
export function writeU32(value: number, target: Uint8Array, at: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

function truncated(wanted: number, left: number): BytesError {
  return new BytesError('truncated', `input ends early: ${wanted} bytes wanted, ${left} left`)
}
