import { describe, expect, it } from 'vitest'
import { SimulationError, simulate } from '../../src/simulation/index.ts'
import { arrivals, connected, rawNode } from './stand.ts'

const run = rawNode()

describe('a stream that nothing is heard on', () => {
  it('is given up after its inactivity timeout, in virtual time', async () => {
    const { world, out, inn } = await connected({ link: { latencyMs: 10 } })
    out.inactivityTimeout = 60_000
    await world.run({ ms: 59_999 })
    expect([out.status, inn.status]).toEqual(['open', 'open'])
    await world.run({ ms: 1 })
    expect(out.status).toBe('aborted')
    await world.run({ ms: 10 })
    expect(inn.status).toBe('reset')
  })
})

describe('a partition', () => {
  it('holds bytes until it is over, and loses none', async () => {
    const { world, a, b, out, inn } = await connected({ link: { latencyMs: 10 } })
    const seen = arrivals(world, inn)
    const heal = world.partition([a], [b])
    for (let n = 0; n < 5; n++) out.send(new Uint8Array(100))
    await world.run({ ms: 60_000 })
    expect(seen).toEqual([])
    heal()
    await world.run({ ms: 10 })
    expect(new Set(seen.map(([at]) => at))).toEqual(new Set([60_010]))
    expect(seen.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(500)
    expect([out.status, inn.status]).toEqual(['open', 'open'])
  })

  it('leaves dials unanswered, and answers the one that is tried again after it', async () => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run })]
    const [node] = [await a.start(), await b.start()]
    world.partition([a])
    const dial = node.dial(b)
    await world.run({ ms: 2500 })
    world.heal()
    await world.until(dial)
    // The SYNs of second 0 and 1 were lost; that of second 3 was not.
    expect(world.nowMs).toBe(3020)
  })

  it('ends a dial for good after the tries that TCP makes', async () => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run })]
    const [node] = [await a.start(), await b.start()]
    world.partition([a], [b])
    await expect(world.until(node.dial(b))).rejects.toMatchObject({ name: 'SimulationError', code: 'timed-out' })
    expect(world.nowMs).toBe(127_000)
  })

  it('one way lets the other direction through', async () => {
    const { world, a, b, out, inn } = await connected()
    world.partition([a], [b], { oneWay: true })
    const [there, back] = [arrivals(world, inn), arrivals(world, out)]
    out.send(new Uint8Array(1))
    inn.send(new Uint8Array(1))
    await world.run({ ms: 1000 })
    expect([there.length, back.length]).toEqual([0, 1])
  })

  it('costs the connection when it lasts too long', async () => {
    const { world, a, b, out, inn } = await connected({ link: { giveUpMs: 20_000 } })
    world.partition([a], [b])
    out.send(new Uint8Array(1))
    await world.run({ ms: 20_010 })
    expect([out.status, inn.status]).toEqual(['reset', 'open'])
    world.heal()
    inn.send(new Uint8Array(1))
    await world.run({ ms: 20 })
    expect(inn.status).toBe('reset')
  })

  it('heals one at a time: what another still cuts stays cut', async () => {
    const { world, a, b, out, inn } = await connected()
    const seen = arrivals(world, inn)
    const heals = [world.partition([a], [b]), world.partition([a], [b])]
    out.send(new Uint8Array(1))
    heals[0]?.()
    await world.run({ ms: 1000 })
    expect(seen).toEqual([])
    heals[1]?.()
    await world.run({ ms: 1000 })
    expect(seen).toHaveLength(1)
  })
})

describe('a crash in the middle of a transfer', () => {
  const MEGABYTE = 1024 * 1024

  it('of the process: the peer gets what left before, then a reset, one latency later', async () => {
    const { world, a, out, inn } = await connected({ link: { latencyMs: 50, bandwidthBytesPerSecond: MEGABYTE } })
    const seen = arrivals(world, inn)
    out.send(new Uint8Array(MEGABYTE))
    await world.run({ ms: 500 })
    const crashedAt = world.nowMs
    a.crash()
    await world.runUntil(() => inn.status !== 'open')
    expect(inn.status).toBe('reset')
    expect(world.nowMs - crashedAt).toBeLessThanOrEqual(70)
    const bytes = seen.reduce((sum, [, length]) => sum + length, 0)
    expect(bytes).toBeGreaterThan(400_000)
    expect(bytes).toBeLessThan(600_000)
  })

  it('of the process is known to a peer that does not read, too', async () => {
    const { world, a, out, inn } = await connected()
    inn.pause()
    out.send(new Uint8Array(3 * MEGABYTE))
    await world.run({ ms: 1000 })
    a.crash()
    await world.run({ ms: 10 })
    expect(inn.status).toBe('reset')
  })

  it('of the host: the peer hears nothing, until the host is back and answers with a reset', async () => {
    const { world, b, out } = await connected({ link: { latencyMs: 50 } })
    b.crash('power')
    out.send(new Uint8Array(1000))
    await world.run({ ms: 300_000 })
    expect(out.status).toBe('open')
    await b.restart()
    await world.run({ ms: 100 })
    expect(out.status).toBe('reset')
  })

  it('of the host for good: the peer gives up after the time that TCP takes', async () => {
    const { world, b, out } = await connected()
    b.crash('power')
    out.send(new Uint8Array(1000))
    await world.run({ ms: 924_600 + 20 })
    expect(out.status).toBe('reset')
  })

  it('of a host that nobody sends to leaves its peers in the dark', async () => {
    const { world, b, out } = await connected()
    b.crash('power')
    await world.run({ ms: 3_600_000 })
    expect(out.status).toBe('open')
  })

  it('refuses dials while the process is gone, and answers none while the host is', async () => {
    const { world, a, b } = await connected()
    b.crash()
    await expect(world.until(a.node?.dial(b) as Promise<unknown>)).rejects.toMatchObject({ code: 'refused' })
    b.crash('power')
    await expect(world.until(a.node?.dial(b) as Promise<unknown>)).rejects.toMatchObject({ code: 'timed-out' })
    await b.restart()
    await world.until(a.node?.dial(b) as Promise<unknown>)
  })

  it('ends what runs there: timers, clock, listeners and dials', async () => {
    const { world, a, b, out } = await connected()
    const { clock, node } = a
    const fired: string[] = []
    clock.after(100, () => fired.push('timer'))
    const before = clock.now()
    a.crash()
    await world.run({ ms: 1000 })
    expect([fired, clock.now()]).toEqual([[], before])
    clock.after(1, () => fired.push('after death'))
    out.send(new Uint8Array(5))
    await world.run({ ms: 1000 })
    expect(fired).toEqual([])
    await expect(node?.dial(b)).rejects.toMatchObject({ code: 'crashed' })
  })

  it('keeps who it is across a restart, and nothing else', async () => {
    const { world, a, b } = await connected()
    const [id, node] = [a.peerId.toString(), a.node]
    const again = await a.restart()
    expect(a.peerId.toString()).toBe(id)
    expect(again).not.toBe(node)
    await world.until(again?.dial(b) as Promise<unknown>)
  })
})

describe('clocks', () => {
  it('are ahead by their skew, and run by their drift', async () => {
    const startMs = Date.UTC(2030, 5, 1)
    const world = simulate({ startMs })
    const [exact, ahead, fast] = [world.host(), world.host({ skewMs: 250 }), world.host({ driftPpm: 100_000 })]
    const fired: [string, number][] = []
    for (const [name, host] of Object.entries({ exact, ahead, fast })) {
      host.clock.after(1100, () => fired.push([name, world.nowMs]))
    }
    expect([exact, ahead, fast].map(host => host.clock.now() - startMs)).toEqual([0, 250, 0])
    await world.run({ ms: 10_000 })
    expect([exact, ahead, fast].map(host => Math.round(host.clock.now() - startMs))).toEqual([10_000, 10_250, 11_000])
    expect(fired.map(([name, at]) => [name, Math.round(at)])).toEqual([
      ['fast', 1000],
      ['exact', 1100],
      ['ahead', 1100]
    ])
  })
})

describe('misuse', () => {
  it('is told in a sentence', async () => {
    const world = simulate({ seed: 'oops' })
    const a = world.host({ ip: '1.2.3.4' })
    expect(() => world.host({ ip: '1.2.3.4' })).toThrow(/two hosts have the address/)
    expect(() => world.host({ ip: '1.2.3' })).toThrow(SimulationError)
    await expect(a.start()).rejects.toThrow(/has no `run`/)
    await expect(world.runUntil(() => false, { limitMs: 5 })).rejects.toThrow(/seed oops.*within 5 ms/)
    const b = world.host({ run })
    await b.start()
    await expect(b.start()).rejects.toThrow(/runs already/)
  })
})
