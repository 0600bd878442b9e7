import { BytesError } from './errors.ts'
import { MAX_VARINT_BYTES } from './limits.ts'

/** How many bytes `value` takes as an unsigned varint. Throws a `RangeError` unless it is a safe, non-negative integer. */
export function varintLength(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned safe integer: ${value}`)
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** Writes `value` at `offset` and returns the offset behind it. The caller has made room (`varintLength`). */
export function writeVarint(value: number, target: Uint8Array, offset: number): number {
  let rest = value
  let at = offset
  while (rest >= 0x80) {
    target[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  target[at++] = rest
  return at
}

export function encodeVarint(value: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(varintLength(value))
  writeVarint(value, out, 0)
  return out
}

/**
 * Reads an unsigned varint at `offset`, no further than `end`. Undefined when it goes on past the end.
 * Throws a `BytesError` for one that is longer than a safe integer, or longer than it need be: the multiformats spec
 * asks for the shortest form, and a second spelling of a length is a way past equality checks.
 */
export function readVarint(
  bytes: Uint8Array,
  offset: number,
  end: number
): { value: number; next: number } | undefined {
  let value = 0
  let scale = 1
  for (let at = offset; at < end; at++) {
    const byte = bytes[at] as number
    value += (byte & 0x7f) * scale
    if (byte < 0x80) {
      if (byte === 0 && at > offset) throw new BytesError('varint-not-minimal', 'varint has trailing zero bits')
      if (value > Number.MAX_SAFE_INTEGER) throw tooLong()
      return { value, next: at + 1 }
    }
    if (at - offset + 1 >= MAX_VARINT_BYTES) throw tooLong()
    scale *= 0x80
  }
  return undefined
}

function tooLong(): BytesError {
  return new BytesError('varint-too-long', `varint is over ${MAX_VARINT_BYTES} bytes or 2^53 - 1`)
}
