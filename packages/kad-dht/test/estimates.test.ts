import { SeededRandom } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { FIRST_SILENCE, MAX_PATIENCE_MS, MAX_SILENCE, MIN_PATIENCE_MS, SIZE_SAMPLE_AGE_MS } from '../src/index.ts'
import { compareDistance } from '../src/key.ts'
import { NetworkSize } from '../src/lookup/network-size.ts'
import { Patience } from '../src/lookup/patience.ts'
import { Silence } from '../src/lookup/silence.ts'

describe('the size of the network', () => {
  const keys = (count: number, random: SeededRandom) => Array.from({ length: count }, () => ({ key: random.bytes(32) }))

  it.each([100, 1000, 10_000])('of %i peers is estimated within a fifth, from 50 lookups', size => {
    const random = new SeededRandom(size)
    const network = keys(size, random)
    const estimate = new NetworkSize()
    for (let i = 0; i < 50; i++) {
      const target = random.bytes(32)
      const nearest = [...network].sort((a, b) => compareDistance(target, a.key, b.key)).slice(0, 20)
      estimate.learn(target, nearest, i)
    }
    expect(estimate.estimate(50)! / size).toBeGreaterThan(0.8)
    expect(estimate.estimate(50)! / size).toBeLessThan(1.25)
  })

  it('is not known from few lookups, nor from old ones', () => {
    const random = new SeededRandom(1)
    const estimate = new NetworkSize()
    for (let i = 0; i < 4; i++) estimate.learn(random.bytes(32), keys(20, random), 0)
    expect(estimate.estimate(0)).toBeUndefined()
    estimate.learn(random.bytes(32), keys(20, random), 1)
    expect(estimate.estimate(1)).toBeGreaterThanOrEqual(20)
    expect(estimate.estimate(2 + SIZE_SAMPLE_AGE_MS)).toBeUndefined()
  })
})

describe('patience', () => {
  it('grows with what answers take, and with how much that varies', () => {
    const [steady, wild] = [new Patience(), new Patience()]
    for (let i = 0; i < 100; i++) {
      steady.learn(300)
      wild.learn(i % 2 === 0 ? 100 : 500)
    }
    expect(steady.slowMs).toBeCloseTo(300, 0)
    expect(wild.lateMs).toBeGreaterThan(600)
    expect(wild.slowMs).toBeGreaterThan(900)
  })

  it('does not take the first answers, which are the fast ones, for the rule', () => {
    const patience = new Patience(1500)
    patience.learn(20)
    expect(patience.slowMs).toBeGreaterThan(1200)
  })

  it('has bounds', () => {
    const [fast, slow] = [new Patience(), new Patience(777)]
    expect(slow).toMatchObject({ lateMs: 518, slowMs: 777 })
    for (let i = 0; i < 100; i++) {
      fast.learn(1)
      slow.learn(60_000)
    }
    expect(fast.lateMs).toBe(MIN_PATIENCE_MS)
    expect(slow.slowMs).toBe(MAX_PATIENCE_MS)
  })
})

describe('silence', () => {
  it('is what the last requests met with, and no more than half', () => {
    const silence = new Silence()
    expect(silence.share).toBe(FIRST_SILENCE)
    for (let i = 0; i < 300; i++) silence.learn(true)
    expect(silence.share).toBeLessThan(0.001)
    for (let i = 0; i < 300; i++) silence.learn(i % 5 > 0)
    expect(silence.share).toBeGreaterThan(0.1)
    expect(silence.share).toBeLessThan(0.3)
    for (let i = 0; i < 300; i++) silence.learn(false)
    expect(silence.share).toBe(MAX_SILENCE)
  })
})
