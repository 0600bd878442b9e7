import { toHex } from '@ts-libp2p/bytes'
import { expect } from 'vitest'

/** Bytes shown before and after the first difference. */
const CONTEXT_BYTES = 8

/**
 * Same length, same bytes. vitest's `toEqual` takes seconds for a megabyte; this takes a millisecond, and shows the
 * surroundings of the first difference instead of everything.
 */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  const at = firstDifference(actual, expected)
  if (at === undefined) return
  expect(excerpt(actual, at), `first difference at byte ${at}`).toBe(excerpt(expected, at))
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.byteLength, b.byteLength)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return a.byteLength === b.byteLength ? undefined : length
}

function excerpt(bytes: Uint8Array, at: number): string {
  const start = Math.max(0, at - CONTEXT_BYTES)
  return `${bytes.byteLength} bytes, from ${start}: ${toHex(bytes.subarray(start, at + CONTEXT_BYTES))}`
}
