import { describe, expect, it } from 'vitest'
import { freeSingleUse, markSingleUse } from '../src/index.ts'

/** Node 20 cannot free a buffer. */
const canFree = 'transfer' in ArrayBuffer.prototype

const marked = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length).fill(7)
  markSingleUse(bytes)
  return bytes
}

describe('buffers for one use', () => {
  it('frees those that were marked, and no others', () => {
    const chunks = [marked(100), new Uint8Array(100), marked(5)]
    freeSingleUse(chunks)
    expect(chunks.map(chunk => chunk.byteLength)).toEqual(canFree ? [0, 100, 0] : [100, 100, 5])
  })

  it('leaves alone a buffer of which only a part was written', () => {
    const whole = marked(100)
    freeSingleUse([whole.subarray(0, 60)])
    freeSingleUse([whole.subarray(60)])
    expect(whole).toEqual(new Uint8Array(100).fill(7))
  })

  it('takes the same buffer twice', () => {
    const bytes = marked(100)
    freeSingleUse([bytes, bytes])
    freeSingleUse([bytes])
    expect(bytes.byteLength).toBe(canFree ? 0 : 100)
  })
})
