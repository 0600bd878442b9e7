import { describe, expect, it } from 'vitest'
import { SeededRandom, simulationTest } from '../../src/index.ts'
import {
  type CorePort,
  type Duration,
  exactly,
  exponential,
  KAD_ABSENCE,
  KAD_SESSION,
  simulate,
  simulateCores,
  weibull
} from '../../src/simulation/index.ts'
import { rawNode } from './stand.ts'

const MINUTE = 60_000

function drawn(duration: Duration, count = 100_000): { mean: number; median: number } {
  const random = new SeededRandom('durations')
  const all = Array.from({ length: count }, () => duration(random)).sort((a, b) => a - b)
  return { mean: all.reduce((sum, ms) => sum + ms, 0) / count, median: all[count / 2] as number }
}

describe('durations', () => {
  // Means are scale · Γ(1 + 1/shape), medians scale · ln(2)^(1/shape).
  it.each<[string, Duration, mean: number, median: number]>([
    ['a session in KAD', KAD_SESSION, 247, 169.5385 * Math.LN2 ** (1 / 0.61511)],
    ['an absence in KAD', KAD_ABSENCE, 907, 413.6765 * Math.LN2 ** (1 / 0.47648)],
    ['exponential', exponential(20 * MINUTE), 20, 20 * Math.LN2],
    ['exactly', exactly(3 * MINUTE), 3, 3]
  ])('%s is as long as it was measured, minutes', (_, duration, mean, median) => {
    const found = drawn(duration)
    expect(found.mean / MINUTE / mean).toBeCloseTo(1, 1)
    expect(found.median / MINUTE / median).toBeCloseTo(1, 1)
  })

  it('refuses what is no distribution', () => {
    expect(() => weibull({ scaleMs: 0, shape: 1 })).toThrow(/above 0/)
  })
})

describe('churn', () => {
  const idle = (_: CorePort<never>) => ({ receive: () => {} })

  it('goes on as if it had for long: the share of those who are there stays what it is', () => {
    const net = simulateCores({ seed: 4, create: idle })
    net.add(2000)
    const churn = net.churn({ session: exponential(30 * MINUTE), absence: exponential(10 * MINUTE) })
    const shares: number[] = []
    for (let i = 0; i < 12; i++) {
      shares.push(Array.from({ length: 2000 }, (_, core) => net.shell(core)).filter(Boolean).length / 2000)
      net.run({ ms: 10 * MINUTE })
    }
    for (const share of shares) expect(Math.abs(share - 0.75)).toBeLessThan(0.05)
    // 1,500 are there, and one in thirty of them goes each minute.
    expect(churn.departures / 120).toBeGreaterThan(45)
    expect(churn.departures / 120).toBeLessThan(55)
    expect(Math.abs(churn.arrivals - churn.departures)).toBeLessThan(200)
  })

  it('may begin with everybody, concern some only, and be ended', () => {
    const net = simulateCores({ create: idle })
    net.add(10)
    const churn = net.churn({ cores: [0, 1], session: exactly(100), absence: exactly(50), begin: 'up' })
    const up = (): number[] => Array.from({ length: 10 }, (_, core) => core).filter(core => net.shell(core))
    expect(up()).toHaveLength(10)
    net.run({ ms: 120 })
    expect(up()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    net.run({ ms: 40 })
    expect(up()).toHaveLength(10)
    churn.stop()
    net.run({ ms: 10_000 })
    expect([up().length, churn.departures, churn.arrivals]).toEqual([10, 2, 2])
  })

  it('stops and restarts whole hosts, in every way there is', async () => {
    const world = simulate({ seed: 9 })
    const hosts = Array.from({ length: 20 }, () => world.host({ run: rawNode() }))
    for (const host of hosts) await host.start()
    const churn = world.churn({
      session: exponential(MINUTE),
      absence: exponential(MINUTE),
      kind: (_, random) => random.pick(['killed', 'power', 'stop'] as const)
    })
    await world.run({ ms: 10 * MINUTE })
    expect(churn.departures).toBeGreaterThan(50)
    expect(churn.arrivals).toBeGreaterThan(50)
    const log = world.log.join('\n')
    for (const word of ['killed', 'power lost', 'stop']) expect(log).toContain(word)
  })

  it('ends the run in which somebody fails to come back', async () => {
    const world = simulate()
    let runs = 0
    const host = world.host({
      run: () => {
        if (runs++ > 0) throw new Error('no second time')
      }
    })
    await host.start()
    world.churn({ session: exactly(10), absence: exactly(10), begin: 'up' })
    await expect(world.run({ ms: 100 })).rejects.toThrow('no second time')
  })
})

describe('simulationTest', () => {
  const seen: unknown[] = []
  simulationTest('gives each run its seed', ({ seed, simulate }) => void seen.push(seed, simulate().seed), {
    seeds: [3, 'four']
  })
  it.skipIf(globalThis.process?.env.SEED !== undefined)('runs once for each seed', () => {
    expect(seen).toEqual([3, 3, 'four', 'four'])
  })
})
