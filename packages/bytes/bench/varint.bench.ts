import { bench, describe } from 'vitest'
import { Cursor, lengthPrefixed, readVarint, writeVarint } from '../src/index.ts'

const target = new Uint8Array(16)

describe.each([1, 300, 65_536, Number.MAX_SAFE_INTEGER])('varint of %i', value => {
  const bytes = target.slice(0, writeVarint(value, target, 0))
  bench('write', () => void writeVarint(value, target, 0))
  bench('read', () => void readVarint(bytes, 0, bytes.length))
})

describe('length-prefixed message of 1 KiB', () => {
  const message = new Uint8Array(1024)
  const wire = lengthPrefixed(message)
  bench('write', () => void lengthPrefixed(message))
  bench('take', () => {
    const cursor = new Cursor(wire)
    cursor.take(cursor.varint())
  })
})
