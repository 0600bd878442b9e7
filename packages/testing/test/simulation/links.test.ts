import { describe, expect, it } from 'vitest'
import { SimulationError, simulate, wideArea } from '../../src/simulation/index.ts'
import { arrivals, connected, rawNode } from './stand.ts'

const KIB = 1024

describe('latency', () => {
  it('is one trip for bytes, and a round trip for a connection', async () => {
    const { world, out, inn } = await connected({ link: { latencyMs: 30 } })
    // SYN, its answer, and the client's own that opens the server's end.
    expect(world.nowMs).toBe(90)
    const seen = arrivals(world, inn)
    out.send(new Uint8Array(10))
    await world.run({ ms: 30 })
    expect(seen).toEqual([[30, 10]])
  })

  it('differs by direction, and changes under open connections', async () => {
    const { world, a, b, out, inn } = await connected()
    world.link(a, b, { latencyMs: 100 }, { oneWay: true })
    const [there, back] = [arrivals(world, inn), arrivals(world, out)]
    out.send(new Uint8Array(1))
    inn.send(new Uint8Array(2))
    await world.run({ ms: 1000 })
    expect([there, back]).toEqual([[[100, 1]], [[10, 2]]])
  })

  it('jitters within its bounds, and keeps the order', async () => {
    const { world, out, inn } = await connected({ seed: 5, link: { latencyMs: 50, jitterMs: 20 } })
    const order: number[] = []
    inn.addEventListener('message', event => order.push(...event.data.subarray()))
    const delays: number[] = []
    for (let n = 0; n < 100; n++) {
      const sentAt = world.nowMs
      out.send(Uint8Array.of(n))
      await world.runUntil(() => order.length > n)
      delays.push(world.nowMs - sentAt)
    }
    for (let n = 100; n < 200; n++) {
      out.send(Uint8Array.of(n))
      await world.run({ ms: 1 })
    }
    await world.run({ ms: 100 })
    expect(order).toEqual(Array.from({ length: 200 }, (_, n) => n))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(30)
    expect(Math.max(...delays)).toBeLessThanOrEqual(70)
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(20)
  })

  it('grows with the distance in a wide area, the same both ways, with no shorter detour', () => {
    const link = wideArea({ seed: 3, minLatencyMs: 10, maxLatencyMs: 100 })
    const latency = (from: number, to: number): number => link(from, to).latencyMs as number
    const all: number[] = []
    for (let a = 0; a < 30; a++) {
      for (let b = 0; b < 30; b++) {
        all.push(latency(a, b))
        expect(latency(a, b)).toBe(latency(b, a))
        for (let c = 0; c < 30; c++) expect(latency(a, b)).toBeLessThanOrEqual(latency(a, c) + latency(c, b))
      }
    }
    expect(Math.min(...all)).toBe(10)
    expect(Math.max(...all)).toBeGreaterThan(80)
    expect(Math.max(...all)).toBeLessThanOrEqual(100)
  })
})

describe('bandwidth', () => {
  it('takes bytes divided by bytes per second, then the latency', async () => {
    const { world, out, inn } = await connected({ link: { latencyMs: 20, bandwidthBytesPerSecond: 16 * KIB } })
    const seen = arrivals(world, inn)
    out.send(new Uint8Array(40 * KIB))
    await world.run({ ms: 10_000 })
    expect(seen).toEqual([
      [1020, 16 * KIB],
      [2020, 16 * KIB],
      [2520, 8 * KIB]
    ])
  })

  it('is shared by the connections of a link, turn by turn', async () => {
    const { world, a, b, out, inn } = await connected({ link: { latencyMs: 0, bandwidthBytesPerSecond: 16 * KIB } })
    const second = await world.until(a.node?.dial(b) as Promise<typeof out>)
    await world.run({ ms: 0 })
    const [one, two] = [arrivals(world, inn), arrivals(world, b.node?.inbound[1] as typeof inn)]
    out.send(new Uint8Array(32 * KIB))
    second.send(new Uint8Array(32 * KIB))
    await world.run({ ms: 10_000 })
    expect([one.map(([at]) => at), two.map(([at]) => at)]).toEqual([
      [1000, 3000],
      [2000, 4000]
    ])
  })

  it.each([
    ['the upload of the sender', { uploadBytesPerSecond: 16 * KIB }, {}],
    ['the download of the receiver', {}, { downloadBytesPerSecond: 16 * KIB }],
    ['both, which count once', { uploadBytesPerSecond: 16 * KIB }, { downloadBytesPerSecond: 16 * KIB }]
  ])('is that of a host: %s', async (_, a, b) => {
    const { world, out, inn } = await connected({ link: { latencyMs: 20 } }, { a, b })
    const seen = arrivals(world, inn)
    out.send(new Uint8Array(32 * KIB))
    await world.run({ ms: 10_000 })
    expect(seen.at(-1)?.[0]).toBe(2020)
  })

  it('of the receiver is shared by all who send to it', async () => {
    const world = simulate({ link: { latencyMs: 20 } })
    const target = world.host({ run: rawNode(), downloadBytesPerSecond: 16 * KIB })
    const node = await target.start()
    const conns = []
    for (let i = 0; i < 4; i++) {
      const sender = await world.host({ run: rawNode() }).start()
      conns.push(await world.until(sender.dial(target)))
    }
    await world.run({ ms: 20 })
    const seen = node.inbound.map(conn => arrivals(world, conn))
    for (const conn of conns) conn.send(new Uint8Array(16 * KIB))
    await world.run({ ms: 10_000 })
    expect(seen.map(list => list[0]?.[0])).toEqual([1020, 2020, 3020, 4020])
  })

  it('leaves small messages behind a large one of another connection waiting for one piece only', async () => {
    const { world, a, b, out } = await connected({ link: { latencyMs: 0, bandwidthBytesPerSecond: 16 * KIB } })
    const second = await world.until(a.node?.dial(b) as Promise<typeof out>)
    await world.run({ ms: 0 })
    const seen = arrivals(world, b.node?.inbound[1] as typeof out)
    out.send(new Uint8Array(1024 * KIB))
    second.send(new Uint8Array(160))
    await world.run({ ms: 10_000 })
    expect(seen[0]?.[0]).toBeCloseTo(1000 + (160 / (16 * KIB)) * 1000)
  })
})

describe('loss, as streams see it', () => {
  it('makes what is behind it late, and nothing is missing', async () => {
    const { world, out, inn } = await connected({ seed: 2, link: { latencyMs: 10, stallChance: 0.2, stallMs: 300 } })
    const seen = arrivals(world, inn)
    for (let n = 0; n < 50; n++) {
      out.send(Uint8Array.of(n))
      await world.run({ ms: 1 })
    }
    await world.run({ ms: 1000 })
    const bytes = seen.reduce((sum, [, length]) => sum + length, 0)
    expect(bytes).toBe(50)
    expect(Math.max(...seen.map(([at]) => at))).toBeGreaterThanOrEqual(310)
  })

  it('or ends the connection, for both sides', async () => {
    const { world, out, inn } = await connected({ seed: 2, link: { resetChance: 0.05 } })
    for (let n = 0; n < 200 && out.status === 'open'; n++) {
      out.send(new Uint8Array(100))
      await world.run({ ms: 10 })
    }
    expect([out.status, inn.status]).toEqual(['reset', 'reset'])
  })
})

describe('a link', () => {
  it('holds a sender back whose window is full', async () => {
    const { world, out, inn } = await connected({ link: { latencyMs: 10, windowBytes: 64 * KIB } })
    inn.pause()
    const isFlowing = out.send(new Uint8Array(1024 * KIB))
    await world.run({ ms: 1000 })
    expect(isFlowing).toBe(false)
    expect(out.writeBufferLength).toBeGreaterThan(800 * KIB)
  })

  it.each([
    [{ latencyMs: -1 }, /latencyMs/],
    [{ stallChance: 1.5 }, /stallChance/],
    [{ jitterMs: Number.NaN }, /jitterMs/],
    [{ bandwidthBytesPerSecond: 0 }, /no bandwidth/]
  ])('refuses %o', (link, message) => {
    expect(() => simulate({ link })).toThrow(SimulationError)
    expect(() => simulate({ link })).toThrow(message)
  })
})
