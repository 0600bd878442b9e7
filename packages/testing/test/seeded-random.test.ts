import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../src/index.ts'

describe('SeededRandom', () => {
  it('repeats its course from the same seed, number or text', () => {
    const course = (seed: number | string) => {
      const random = new SeededRandom(seed)
      return [random.u32(), random.float(), random.int(100), ...random.bytes(5), random.pick(['a', 'b', 'c'])]
    }
    expect(course(7)).toEqual(course(7))
    expect(course('seven')).toEqual(course('seven'))
    expect(course(7)).not.toEqual(course(8))
  })

  it('takes the steps of xoshiro128**', () => {
    // First outputs of the reference C code for the state 1, 2, 3, 4.
    const random = new SeededRandom(0)
    Object.assign(random, { state: Uint32Array.of(1, 2, 3, 4) })
    expect([random.u32(), random.u32(), random.u32(), random.u32()]).toEqual([11520, 0, 5927040, 70819200])
  })

  it('gives floats in [0, 1) that fill the range evenly', () => {
    const random = new SeededRandom(1)
    const buckets = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) {
      const at = Math.floor(random.float() * 10)
      buckets[at] = (buckets[at] as number) + 1
    }
    expect(buckets).toHaveLength(10)
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('gives every integer below the bound and none else', () => {
    const random = new SeededRandom(2)
    expect([...new Set(Array.from({ length: 500 }, () => random.int(6)))].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses the bound %s', bound => {
    expect(() => new SeededRandom(0).int(bound)).toThrow(/no integer/)
  })

  it.each([0, 1, 3, 4, 5, 1000])('gives %i bytes', length => {
    expect(new SeededRandom(3).bytes(length)).toHaveLength(length)
  })

  it('uses every byte value', () => {
    expect(new Set(new SeededRandom(4).bytes(10_000)).size).toBe(256)
  })

  it('shuffles without losing or changing anything', () => {
    const items = Array.from({ length: 40 }, (_, i) => i)
    const shuffled = new SeededRandom(5).shuffle(items)
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
    expect(items[0]).toBe(0)
  })

  it('is right as often as it says', () => {
    const random = new SeededRandom(6)
    const hits = Array.from({ length: 2000 }, () => random.chance(0.25)).filter(Boolean).length
    expect(Math.abs(hits - 500)).toBeLessThan(80)
  })

  it('forks by name, whatever was drawn before', () => {
    const a = new SeededRandom('s')
    const b = new SeededRandom('s')
    b.bytes(100)
    expect(a.fork('x').bytes(8)).toEqual(b.fork('x').bytes(8))
    expect(a.fork('x').bytes(8)).not.toEqual(a.fork('y').bytes(8))
  })
})
