import { describe, expect, it } from 'vitest'
import { systemRandom } from '../src/index.ts'

describe('systemRandom', () => {
  // 65,536 bytes is what WebCrypto gives in one call.
  it.each([0, 1, 32, 65_536, 65_537, 200_000])('gives %d bytes', length => {
    const bytes = systemRandom.bytes(length)
    expect(bytes.byteLength).toBe(length)
    if (length >= 32) expect(bytes.subarray(-32).some(byte => byte !== 0)).toBe(true)
  })

  it('gives floats from 0 up to 1 that fill the range', () => {
    const floats = Array.from({ length: 1000 }, () => systemRandom.float())
    expect(floats.every(float => float >= 0 && float < 1)).toBe(true)
    // Chances of an empty tenth: 10 * 0.9^1000, which is 2e-45.
    for (let tenth = 0; tenth < 10; tenth++) expect(floats.some(float => Math.floor(float * 10) === tenth)).toBe(true)
  })
})
