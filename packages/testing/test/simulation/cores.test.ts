import { describe, expect, it } from 'vitest'
import { type CorePort, simulateCores, wideArea } from '../../src/simulation/index.ts'

/** Answers a number with the next, to whom it came from, up to a limit. */
function counting(limit: number) {
  const seen: [core: number, from: number, n: number, atMs: number][] = []
  const create = (port: CorePort<number>) => ({
    port,
    receive(from: number, n: number): void {
      seen.push([port.index, from, n, port.now() - START])
      if (n < limit) port.send(from, n + 1, 1000)
    }
  })
  return { seen, create }
}
const START = Date.UTC(2026, 0, 1)

describe('simulateCores', () => {
  it('passes messages with the latency of their link', () => {
    const { seen, create } = counting(3)
    const net = simulateCores({ link: (from, to) => ({ latencyMs: from < to ? 30 : 50 }), create })
    net.add(2)
    net.shell(0)?.port.send(1, 1)
    net.run({ ms: 1000 })
    expect(seen).toEqual([
      [1, 0, 1, 30],
      [0, 1, 2, 80],
      [1, 0, 3, 110]
    ])
    expect([net.stats.messages, net.stats.bytes, net.nowMs]).toEqual([3, 2000, 1000])
  })

  it('lets what one core sends share its bandwidth', () => {
    const { seen, create } = counting(0)
    const net = simulateCores({ link: { latencyMs: 10 }, uploadBytesPerSecond: 10_000, create })
    net.add(3)
    net.shell(0)?.port.send(1, 1, 1000)
    net.shell(0)?.port.send(2, 2, 500)
    net.run({ ms: 1000 })
    expect(seen.map(([core, , , at]) => [core, at])).toEqual([
      [1, 110],
      [2, 160]
    ])
  })

  it('keeps the order between two, whatever the jitter', () => {
    const { seen, create } = counting(0)
    const net = simulateCores({ seed: 3, link: { latencyMs: 50, jitterMs: 50 }, create })
    net.add(2)
    for (let n = 0; n < 100; n++) net.shell(0)?.port.send(1, n)
    net.run({ ms: 1000 })
    expect(seen.map(([, , n]) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('loses what is meant for a core that crashed, and its timers with it', () => {
    const { seen, create } = counting(0)
    const lost: [to: number, n: number, atMs: number][] = []
    const net = simulateCores<number, ReturnType<typeof create> & { undeliverable(to: number, n: number): void }>({
      create: port => ({ ...create(port), undeliverable: (to, n) => lost.push([to, n, port.now() - START]) })
    })
    net.add(2)
    net.shell(1)?.port.after(5, () => expect.unreachable('the core is dead'))
    net.shell(0)?.port.send(1, 7)
    net.crash(1)
    net.run({ ms: 5 })
    net.restart(1)
    net.run({ ms: 100 })
    expect([seen, lost, net.stats.dropped]).toEqual([[], [[1, 7, 20]], 1])
    net.shell(0)?.port.send(1, 8)
    net.run({ ms: 100 })
    expect(seen.map(([core, , n]) => [core, n])).toEqual([[1, 8]])
  })

  it('lets a mute core take messages and answer none', () => {
    const { seen, create } = counting(9)
    const net = simulateCores({ create })
    net.add(2)
    net.mute(1)
    net.shell(0)?.port.send(1, 1)
    net.run({ ms: 1000 })
    expect(seen).toEqual([[1, 0, 1, 10]])
  })

  it('takes the same course from the same seed', () => {
    const course = (seed: number): string => {
      const net = simulateCores({ seed, link: wideArea({ seed, jitterMs: 3 }), create: counting(50).create })
      net.add(20)
      for (let i = 0; i < 20; i++) net.shell(i)?.port.send((i + 1) % 20, 0)
      net.run({ ms: 60_000 })
      return net.fingerprint
    }
    expect(course(1)).toBe(course(1))
    expect(course(1)).not.toBe(course(2))
  })
})
