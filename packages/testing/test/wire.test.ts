import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import {
  collect,
  connectionPair,
  expectBytes,
  MAX_BYTES_IN_FLIGHT,
  oneByte,
  randomChunks,
  SeededRandom,
  settle,
  VirtualClock,
  Wire,
  wireVariants
} from '../src/index.ts'

const random = new SeededRandom('wire')

/** Lengths of the pieces in which bytes arrive. */
function arrivals(stream: MessageStream): number[] {
  const lengths: number[] = []
  stream.addEventListener('message', event => lengths.push(event.data.byteLength))
  return lengths
}

describe('connectionPair', () => {
  it('gives each end the address of the other', () => {
    const [a, b] = connectionPair()
    expect([a.remoteAddr.toString(), b.remoteAddr.toString()]).toEqual(['/memory/2', '/memory/1'])
    expect([a.direction, b.direction]).toEqual(['outbound', 'inbound'])
  })

  it.each(wireVariants(random))('carries both directions whole and in order: %s', async (_, options) => {
    const [a, b] = connectionPair(options())
    const sent = [random.bytes(70_000), random.bytes(30_000)] as const
    const reading = Promise.all([collect(b), collect(a)])
    await Promise.all([a.sink(randomChunks(sent[0], random)), b.sink(randomChunks(sent[1], random))])
    const got = await reading
    expectBytes(got[0], sent[0])
    expectBytes(got[1], sent[1])
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })
})

describe('Wire', () => {
  it('chops what arrives', async () => {
    const [a, b] = connectionPair({ chop: oneByte })
    const lengths = arrivals(b)
    a.send(new Uint8Array(5))
    await settle()
    expect(lengths).toEqual([1, 1, 1, 1, 1])
  })

  it('lets deferred work run between some pieces and not between others', async () => {
    const [a, b] = connectionPair({ chop: oneByte })
    const course: string[] = []
    b.addEventListener('message', () => {
      course.push('piece')
      void Promise.resolve().then(() => course.push('tick'))
    })
    a.send(new Uint8Array(3))
    await settle()
    expect(course).toEqual(['piece', 'tick', 'piece', 'piece', 'tick', 'tick'])
  })

  it('overwrites lent buffers, and the stream keeps its own copy', async () => {
    const [a, b] = connectionPair({ lendsBuffers: true })
    const views: Uint8Array[] = []
    b.attach({ borrows: true, receive: chunk => views.push(chunk), end() {}, closed() {} })
    a.send(Uint8Array.of(1, 2))
    b.send(Uint8Array.of(3, 4))
    await settle()
    expect(views).toEqual([Uint8Array.of(0xdb, 0xdb)])
    expect((await a[Symbol.asyncIterator]().next()).value).toEqual(Uint8Array.of(3, 4))
  })

  it('delivers after the latency, in order even when it varies', async () => {
    const clock = new VirtualClock()
    const latencies = [100, 10, 50]
    const [a, b] = connectionPair({ clock, latencyMs: () => latencies.shift() ?? 0 })
    const got: [number, number][] = []
    const start = clock.now()
    b.addEventListener('message', event => got.push([event.data.subarray()[0] as number, clock.now() - start]))
    for (const byte of [1, 2, 3]) {
      a.send(Uint8Array.of(byte))
      await settle()
    }
    await clock.advance(99)
    expect(got).toEqual([])
    await clock.advance(1)
    expect(got).toEqual([
      [1, 100],
      [2, 100],
      [3, 100]
    ])
  })

  it('needs a clock for a latency', () => {
    expect(() => new Wire({ latencyMs: 1 })).toThrow(/needs a clock/)
  })

  it('keeps the end behind the bytes', async () => {
    const clock = new VirtualClock()
    const [a, b] = connectionPair({ clock, latencyMs: 5 })
    a.send(fromUtf8('last words'))
    await a.close()
    const reading = collect(b)
    await clock.advance(5)
    expect(await reading).toEqual(fromUtf8('last words'))
  })

  it('counts flights by moment and direction', async () => {
    const clock = new VirtualClock(0)
    const wire = new Wire({ clock, latencyMs: 20 })
    const [a, b] = wire.ends
    a.send(new Uint8Array(3))
    a.send(new Uint8Array(4))
    b.send(new Uint8Array(5))
    await clock.advance(20)
    a.send(new Uint8Array(6))
    await clock.advance(1)
    expect(wire.flights).toEqual([
      { from: 'outbound', atMs: 0, bytes: 7 },
      { from: 'inbound', atMs: 0, bytes: 5 },
      { from: 'outbound', atMs: 20, bytes: 6 }
    ])
    expect(wire.sentBytes).toEqual([13, 5])
  })

  it('holds the sender back when the reader sleeps, with bounded bytes under way', async () => {
    const wire = new Wire({ chop: oneByte })
    const [a, b] = wire.ends
    b.pause()
    const full = new Uint8Array(64 * 1024)
    let sent = 0
    while (sent < 2 * MAX_BYTES_IN_FLIGHT) {
      if (!a.send(full)) await settle()
      sent += full.byteLength
    }
    await settle()
    expect(b.readBufferLength + wire.bytesInFlight + a.writeBufferLength).toBe(sent)
    expect(wire.bytesInFlight).toBeLessThanOrEqual(MAX_BYTES_IN_FLIGHT + 64 * 1024)
    expect(a.writableNeedsDrain).toBe(true)
  })

  it('goes on when the reader wakes up', async () => {
    const [a, b] = connectionPair()
    b.pause()
    const bytes = random.bytes(3_000_000)
    const writing = a.sink(randomChunks(bytes, random, 50_000))
    await settle()
    b.resume()
    expectBytes(await collect(b), bytes)
    await writing
  })

  it('resets the far end on abort, behind what is delivered already', async () => {
    const [a, b] = connectionPair()
    a.send(Uint8Array.of(1))
    await settle()
    a.abort(new Error('enough'))
    await settle()
    const chunks = b[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toEqual(Uint8Array.of(1))
    await expect(chunks.next()).rejects.toMatchObject({ name: 'StreamResetError', cause: { message: 'enough' } })
    expect([a.status, b.status]).toEqual(['aborted', 'reset'])
  })

  it('is cut: both ends are reset and what is under way is lost', async () => {
    const clock = new VirtualClock()
    const wire = new Wire({ clock, latencyMs: 10 })
    const [a, b] = wire.ends
    a.send(Uint8Array.of(1))
    await clock.advance(1)
    wire.cut()
    await clock.advance(20)
    expect([a.status, b.status, b.readBufferLength]).toEqual(['reset', 'reset', 0])
  })

  it('tampers, and knows where', async () => {
    const [a, b] = connectionPair({
      intercept: ({ from, offset, bytes }) => ({
        bytes: from === 'inbound' ? bytes : bytes.map((byte, i) => (offset + i === 3 ? byte ^ 1 : byte))
      })
    })
    a.send(Uint8Array.of(0, 0))
    a.send(Uint8Array.of(0, 0))
    b.send(new Uint8Array(4))
    await Promise.all([a.close(), b.close()])
    expect(await collect(b)).toEqual(Uint8Array.of(0, 0, 0, 1))
    expect(await collect(a)).toEqual(new Uint8Array(4))
  })

  it.each(['end', 'cut'] as const)('can %s a direction after some bytes', async then => {
    const [a, b] = connectionPair({ intercept: ({ bytes }) => ({ bytes: bytes.subarray(0, 2), then }) })
    const got: Uint8Array[] = []
    b.addEventListener('message', event => got.push(event.data.subarray()))
    a.send(Uint8Array.of(1, 2, 3))
    a.send(Uint8Array.of(4))
    await settle()
    expect(concat(got)).toEqual(Uint8Array.of(1, 2))
    expect(b.status).toBe(then === 'cut' ? 'reset' : 'open')
    expect(b.remoteWriteStatus).toBe('closed')
    expect(a.status).toBe(then === 'cut' ? 'reset' : 'open')
  })
})
