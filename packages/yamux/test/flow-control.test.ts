import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { type ByteStream, toWebStreams } from '@ts-libp2p/stream'
import { collect, connectionPair, settle, VirtualClock } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { INITIAL_WINDOW_BYTES, yamux } from '../src/index.ts'
import { ReceiveWindow } from '../src/receive-window.ts'
import { muxerPair, nextStream } from './muxer-pair.ts'
import { bench, data, frame } from './recording-port.ts'

const KIB = 1024
const WINDOW = INITIAL_WINDOW_BYTES

/** Sends as long as the stream takes it. Returns how much it took. */
async function fill(stream: ByteStream): Promise<number> {
  let sent = 0
  for (let before = -1; before < sent; ) {
    before = sent
    while (!stream.writableNeedsDrain) {
      stream.send(new Uint8Array(16 * KIB))
      sent += 16 * KIB
    }
    await settle()
  }
  return sent
}

describe('credit', () => {
  it('is not given for bytes that nobody took', () => {
    const { say } = bench('server')
    expect(say(frame(1, 1, 1, 0), data(1, 200 * KIB))).toEqual(['WindowUpdate·ACK 1 0'])
  })

  it('is given when half of the window was consumed, all of it at once', async () => {
    const { say, port, flush } = bench('server')
    say(frame(1, 1, 1, 0), data(1, 100 * KIB), data(1, 27 * KIB), data(1, 1 * KIB), data(1, 10 * KIB))
    const reader = (port.streams[0] as ByteStream)[Symbol.asyncIterator]()
    await reader.next()
    await reader.next()
    expect(flush()).toEqual([])
    await reader.next()
    expect(flush()).toEqual([`WindowUpdate 1 ${128 * KIB}`])
    await reader.next()
    expect(flush()).toEqual([])
  })

  it('is not given to a remote that has ended its sending', async () => {
    const { say, port, flush } = bench('server')
    say(frame(1, 1, 1, 0), data(1, 200 * KIB), frame(1, 4, 1, 0))
    await (port.streams[0] as ByteStream)[Symbol.asyncIterator]().next()
    expect(flush()).toEqual([])
  })

  it('is given once more for bytes that were read too far and given back only when they were new', async () => {
    const { say, port, flush } = bench('server')
    say(frame(1, 1, 1, 0), data(1, 150 * KIB))
    const stream = port.streams[0] as ByteStream
    const reader = stream[Symbol.asyncIterator]()
    const { value } = await reader.next()
    stream.unshift(value as Uint8Array)
    await reader.next()
    expect(flush()).toEqual([`WindowUpdate 1 ${150 * KIB}`])
  })

  it('is given for what arrives after closeRead', async () => {
    const { say, port } = bench('server')
    say(frame(1, 1, 1, 0), data(1, 10))
    await port.streams[0]?.closeRead()
    expect(say(data(1, 200 * KIB))).toEqual([`WindowUpdate 1 ${200 * KIB + 10}`])
  })

  it('of a frame that is still arriving is not given twice', async () => {
    const { say, port, flush, session } = bench('server')
    say(frame(1, 1, 1, 0), data(1, 140 * KIB))
    session.receive(fromHex(frame(0, 0, 1, 100 * KIB)), 0)
    await (port.streams[0] as ByteStream)[Symbol.asyncIterator]().next()
    expect(flush()).toEqual([`WindowUpdate 1 ${140 * KIB}`])
  })

  it('from the remote lets a blocked stream go on', () => {
    const { session, say, flush } = bench('client')
    const stream = session.openStream({})
    stream.send(new Uint8Array(WINDOW + 3))
    flush()
    expect(stream.writeBufferLength).toBe(3)
    expect(say(frame(1, 2, 1, 2))).toEqual(['Data 1: 0000'])
    expect(say(frame(1, 0, 1, 5))).toEqual(['Data 1: 00'])
  })

  it('lets the end through only after the last byte', () => {
    const { session, say, flush } = bench('client')
    const stream = session.openStream({})
    stream.send(new Uint8Array(WINDOW + 1))
    void stream.close()
    expect(flush().at(-1)?.slice(0, 6)).toBe('Data 1')
    expect(say(frame(1, 2, 1, 1))).toEqual(['Data 1: 00', 'WindowUpdate·FIN 1 0'])
  })
})

describe('a reader that sleeps stops its sender', () => {
  const faces: [string, (stream: ByteStream) => unknown][] = [
    ['nobody reads', () => {}],
    [
      'message events, paused',
      stream => {
        stream.addEventListener('message', () => {})
        stream.pause()
      }
    ],
    ['iteration that stays on the first chunk', stream => stream[Symbol.asyncIterator]().next()],
    [
      'source and a sink that waits',
      async stream => {
        for await (const _ of stream.source) await new Promise(() => {})
      }
    ],
    ['a web stream read once', stream => toWebStreams(stream).readable.getReader().read()]
  ]

  it.each(faces)('%s', async (_, read) => {
    const { client, server } = muxerPair()
    const stream = client.openStream()
    const far = nextStream(server)
    await settle()
    read(await far)
    const sent = await fill(stream)
    // One window under way or unread, one write buffer here, and the little that was taken.
    expect(sent).toBeGreaterThanOrEqual(2 * WINDOW)
    expect(sent).toBeLessThanOrEqual(2 * WINDOW + 128 * KIB)
    expect((await far).readBufferLength).toBeLessThanOrEqual(WINDOW)
    expect(stream.status).toBe('open')
  })

  it('and no other stream', async () => {
    const { client, server } = muxerPair()
    const [asleep, awake] = [client.openStream(), client.openStream()]
    const streams: ByteStream[] = []
    server.addEventListener('stream', event => streams.push(event.detail))
    await fill(asleep)
    const sent = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251)
    awake.sink([sent.subarray(0, 1_000_000), sent.subarray(1_000_000)]).catch(() => {})
    expect(bytesEqual(await collect(streams[1] as ByteStream), sent)).toBe(true)
    expect([asleep.status, streams[0]?.readBufferLength]).toEqual(['open', WINDOW])
  })

  it('and goes on when it wakes', async () => {
    const { client, server } = muxerPair()
    const stream = client.openStream()
    const far = await nextStream(server)
    const sent = await fill(stream)
    void stream.close()
    expect((await collect(far)).byteLength).toBe(sent)
  })
})

describe('window tuning', () => {
  it.each([
    ['no round trip is known', 10, undefined, WINDOW, WINDOW],
    ['half took 2 round trips', 200, 100, 2 ** 24, WINDOW],
    ['half took less', 199, 100, 2 ** 24, 2 * WINDOW],
    ['the connection has little to spare', 10, 100, 1000, WINDOW + 1000],
    ['the connection has nothing to spare', 10, 100, 0, WINDOW]
  ])('when %s', (_, now, rtt, spare, size) => {
    const window = new ReceiveWindow(2 ** 24, 0)
    window.take(WINDOW)
    expect(window.consume(WINDOW / 2)).toBe(true)
    window.tune(now, rtt, spare)
    expect([window.size, window.grant(now)]).toEqual([size, size - WINDOW / 2])
  })

  it('stops at the largest window', () => {
    const window = new ReceiveWindow(3 * WINDOW, 0)
    for (const size of [2 * WINDOW, 3 * WINDOW, 3 * WINDOW]) {
      window.tune(1, 100, 2 ** 30)
      window.grant(1)
      expect(window.size).toBe(size)
    }
  })

  const LATENCY_MS = 50
  const transfer = async (bytes: number, options: object): Promise<number> => {
    const clock = new VirtualClock()
    const [a, b] = connectionPair({ clock, latencyMs: LATENCY_MS })
    const make = yamux(options)({ clock })
    const [client, server] = [make.createStreamMuxer(a), make.createStreamMuxer(b)]
    const stream = client.openStream()
    const far = nextStream(server)
    await clock.advance(200)
    const started = clock.now()
    stream.sink(Array.from({ length: bytes / (64 * KIB) }, () => new Uint8Array(64 * KIB))).catch(() => {})
    let doneAt = 0
    void collect(await far).then(() => {
      doneAt = clock.now()
    })
    while (doneAt === 0) await clock.advance(10)
    client.abort(new Error('done'))
    return doneAt - started
  }

  it('fills a long line: 16 MiB at a round trip of 100 ms', async () => {
    const fixed = await transfer(16 * 1024 * KIB, { maxStreamWindowLength: WINDOW })
    const tuned = await transfer(16 * 1024 * KIB, {})
    expect(fixed).toBeGreaterThan(3000)
    expect(tuned).toBeLessThan(1300)
  })

  it('shares what a connection has to spare, and gets it back from streams that end', () => {
    const { session, port, flush } = bench('server', { maxExtraWindowLength: WINDOW, keepAliveInterval: 1000 })
    const hear = (hex: string, now: number) => session.receive(fromHex(hex), now)
    session.keepAlive(0)
    flush(0)
    hear(frame(2, 2, 0, 1), 100)
    port.onOpened = stream => stream.addEventListener('message', () => {})
    const consumeHalf = async (id: number, now: number) => {
      hear(data(id, 128 * KIB), now)
      await settle()
      return flush(now).filter(f => f.startsWith(`WindowUpdate ${id}`))
    }
    hear(frame(1, 1, 1, 0) + frame(1, 1, 3, 0), 100)
    flush(100)
    return (async () => {
      expect(await consumeHalf(1, 110)).toEqual([`WindowUpdate 1 ${128 * KIB + WINDOW}`])
      expect(await consumeHalf(3, 110)).toEqual([`WindowUpdate 3 ${128 * KIB}`])
      hear(frame(1, 8, 1, 0), 120)
      expect(await consumeHalf(3, 120)).toEqual([`WindowUpdate 3 ${128 * KIB + WINDOW}`])
    })()
  })
})
