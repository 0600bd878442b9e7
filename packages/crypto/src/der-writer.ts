import { concat } from '@ts-libp2p/bytes'
import { TAG } from './der.ts'

/** An element of these contents, one after the other. */
export function der(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.byteLength, 0)
  return concat([Uint8Array.of(tag, ...lengthBytes(length)), ...contents])
}

/** An integer from big-endian bytes without leading zeros; none mean zero. */
export function derUnsigned(bytes: Uint8Array): Uint8Array {
  const needsZero = bytes.byteLength === 0 || (bytes[0] as number) >= 0x80
  return der(TAG.INTEGER, Uint8Array.of(...(needsZero ? [0] : [])), bytes)
}

export function derBits(bytes: Uint8Array): Uint8Array {
  return der(TAG.BIT_STRING, Uint8Array.of(0), bytes)
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff]
}
