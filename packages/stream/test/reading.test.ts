import { concat } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, it } from 'vitest'
import { type ByteStream, flatten, READ_HIGH_WATER_BYTES } from '../src/index.ts'
import { collect, counting, eventsOf, ownedStream, pair, settle } from './fixtures.ts'

type Face = (stream: ByteStream, chunks: Uint8Array[]) => Promise<void>

/** Each takes everything up to the end. */
const FACES: Record<string, Face> = {
  'message events': (stream, chunks) =>
    new Promise((resolve, reject) => {
      stream.addEventListener('message', event => chunks.push(flatten(event.data)))
      stream.addEventListener('end', () => resolve())
      stream.addEventListener('close', ({ error }) => error !== undefined && reject(error))
    }),
  iteration: async (stream, chunks) => {
    for await (const chunk of stream) chunks.push(chunk)
  },
  'source and sink': async (stream, chunks) => {
    const [near, far] = pair()
    const sinking = near.sink(stream.source)
    chunks.push(await collect(far))
    await sinking
  }
}

/** What happens to a stream between two looks at it. */
const steps = fc.array(
  fc.oneof(
    fc.record({ receive: fc.integer({ min: 1, max: 400 }) }),
    fc.constant({ pause: true }),
    fc.constant({ resume: true }),
    fc.constant({ settle: true })
  ),
  { maxLength: 40 }
)

describe('the three faces', () => {
  it.each(Object.entries(FACES))('deliver the same bytes in any chunks, paused at any moment: %s', async (_, face) => {
    await fc.assert(
      fc.asyncProperty(steps, async course => {
        const { stream } = ownedStream()
        const sent: Uint8Array[] = []
        const got: Uint8Array[] = []
        const reading = face(stream, got)
        for (const step of course) {
          if ('receive' in step) {
            const chunk = counting(step.receive).map(byte => byte + sent.length)
            sent.push(chunk)
            stream.receive(chunk)
          } else if ('pause' in step) stream.pause()
          else if ('resume' in step) stream.resume()
          else await settle()
        }
        stream.resume()
        stream.receiveEnd()
        await reading
        expect(concat(got)).toEqual(concat(sent))
        expect([stream.readableEnded, stream.readBufferLength]).toEqual([true, 0])
      }),
      { numRuns: 60 }
    )
  })

  it('may be switched midway: nothing is lost, nothing comes twice', async () => {
    const turns = fc.array(fc.tuple(fc.constantFrom('events', 'iteration', 'reader'), fc.integer({ min: 1, max: 3 })))
    await fc.assert(
      fc.asyncProperty(turns, async order => {
        const [a, b] = pair()
        const bytes = counting(4000)
        for (let at = 0; at < bytes.byteLength; at += 100) a.send(bytes.slice(at, at + 100))
        void a.close()
        const got: Uint8Array[] = []
        for (const [face, chunks] of order) await TAKE[face]?.(b, got, chunks)
        got.push(await collect(b))
        expect(concat(got)).toEqual(bytes)
      }),
      { numRuns: 60 }
    )
  })

  it('do not get in the way of each other: iteration asks first, events get the rest', async () => {
    const { stream } = ownedStream()
    const seen: number[] = []
    stream.addEventListener('message', event => seen.push(event.data.byteLength))
    const next = stream[Symbol.asyncIterator]().next()
    stream.receive(counting(1))
    stream.receive(counting(2))
    expect([(await next).value?.byteLength, seen]).toEqual([1, [2]])
  })
})

/** Takes a few chunks by one face and leaves the rest. */
const TAKE: Record<string, (stream: ByteStream, got: Uint8Array[], chunks: number) => Promise<void>> = {
  async events(stream, got, chunks) {
    let left = chunks
    const listener = (event: { data: Uint8Array | Uint8ArrayList }): void => {
      got.push(flatten(event.data))
      if (--left === 0) stream.removeEventListener('message', listener)
    }
    stream.addEventListener('message', listener)
    await settle()
    stream.removeEventListener('message', listener)
  },
  async iteration(stream, got, chunks) {
    let left = chunks
    for await (const chunk of stream) {
      got.push(chunk)
      if (--left === 0) break
    }
  },
  async reader(stream, got, chunks) {
    let left = chunks
    const port = {
      receive(chunk: Uint8Array) {
        if (--left === 0) {
          got.push(chunk.subarray(0, 10))
          stream.detach(port, chunk.subarray(10))
        } else got.push(chunk)
      },
      end() {},
      closed() {}
    }
    stream.attach(port)
    await settle()
    if (left > 0) stream.detach(port)
  }
}

describe('message events', () => {
  it('wait for the first listener', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(3))
    stream.receiveEnd()
    await settle()
    expect([stream.readBufferLength, stream.readableEnded]).toEqual([3, false])
    const seen: unknown[] = []
    stream.addEventListener('message', event => seen.push(event.data))
    expect(seen).toEqual([])
    await settle()
    expect([seen, stream.readableEnded]).toEqual([[counting(3)], true])
  })

  it('are not built when nobody listens', () => {
    const { stream } = ownedStream()
    stream.dispatchEvent = () => {
      throw new Error('an event was built for nobody')
    }
    stream.receive(counting(3))
    stream.receiveEnd()
    stream.receiveReset(new Error('gone'))
    expect(stream.readBufferLength).toBe(3)
  })

  it('stop within a pause, even one made by a listener', async () => {
    const { stream } = ownedStream()
    const seen: number[] = []
    for (const length of [1001, 1002, 1003]) stream.receive(counting(length))
    stream.addEventListener('message', event => {
      seen.push(event.data.byteLength)
      if (seen.length === 2) stream.pause()
    })
    await settle()
    expect([seen, stream.readBufferLength]).toEqual([[1001, 1002], 1003])
    stream.resume()
    await settle()
    expect(seen).toEqual([1001, 1002, 1003])
  })

  it('abort the stream of a listener that throws, and disturb no other', async () => {
    const { stream, owner } = ownedStream()
    const other = ownedStream().stream
    const reason = new Error('a mistake of the application')
    stream.addEventListener('message', () => {
      throw reason
    })
    stream.receive(counting(1))
    expect([stream.status, owner.of('aborted'), other.status]).toEqual(['aborted', [reason], 'open'])
  })

  it.each(['drain', 'end', 'close', 'remoteCloseWrite', 'idle'] as const)(
    'and the others survive a listener of %s that throws',
    async type => {
      const { stream } = ownedStream()
      stream.addEventListener(type, () => {
        throw 'not even an error'
      })
      stream.send(new Uint8Array(300_000))
      stream.pull([], 300_000)
      stream.receiveEnd()
      await settle()
      stream.abort(new Error('enough'))
      expect(stream.status).toBe('aborted')
    }
  )
})

describe('iteration', () => {
  it('loses nothing when it is left early', async () => {
    const { stream } = ownedStream()
    for (const length of [1001, 1002, 1003]) stream.receive(counting(length))
    for await (const chunk of stream) if (chunk.byteLength === 1002) break
    expect(stream.readBufferLength).toBe(1003)
  })

  it('loses nothing when it is left while it waits', async () => {
    const { stream } = ownedStream()
    const chunks = stream[Symbol.asyncIterator]()
    const waiting = chunks.next()
    await chunks.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    stream.receive(counting(5))
    expect((await stream[Symbol.asyncIterator]().next()).value).toEqual(counting(5))
  })

  it('leaves other iterations waiting', async () => {
    const { stream } = ownedStream()
    const [left, stays] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()]
    const waiting = [left.next(), stays.next()]
    await left.return?.()
    stream.receive(counting(5))
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: false, value: counting(5) }
    ])
  })

  it('serves those who wait in the order they came', async () => {
    const { stream } = ownedStream()
    const chunks = stream[Symbol.asyncIterator]()
    const waiting = [chunks.next(), chunks.next(), chunks.next()]
    stream.receive(counting(1))
    stream.receive(counting(2))
    stream.receiveEnd()
    expect((await Promise.all(waiting)).map(({ value }) => value?.byteLength)).toEqual([1, 2, undefined])
  })

  it('ends for everybody, again and again', async () => {
    const { stream } = ownedStream()
    stream.receiveEnd()
    const chunks = stream[Symbol.asyncIterator]()
    expect([(await chunks.next()).done, (await chunks.next()).done, stream.readableEnded]).toEqual([true, true, true])
  })
})

describe('the end', () => {
  it('is told once the last byte is taken, not before', async () => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    stream.receive(counting(1))
    stream.receiveEnd()
    await settle()
    expect([events, stream.readableEnded]).toEqual([['remoteCloseWrite'], false])
    await stream[Symbol.asyncIterator]().next()
    expect([events, stream.readableEnded]).toEqual([['remoteCloseWrite', 'end'], true])
  })

  it('is not told after a reset', async () => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    stream.receiveReset(new Error('gone'))
    await settle()
    expect([events, stream.readableEnded]).toEqual([['close false gone'], false])
  })
})

describe('push and unshift', () => {
  it('put bytes behind and before what waits', async () => {
    const { stream } = ownedStream()
    stream.receive(Uint8Array.of(3))
    stream.push(Uint8Array.of(4))
    stream.push(new Uint8ArrayList(Uint8Array.of(5), Uint8Array.of(6)))
    stream.unshift(new Uint8ArrayList(Uint8Array.of(1), Uint8Array.of(2)))
    stream.unshift(Uint8Array.of(0))
    stream.receiveEnd()
    expect(await collect(stream)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6))
  })

  it.each(['push', 'unshift'] as const)('reach a listener that is there (%s)', async method => {
    const { stream } = ownedStream()
    const seen: unknown[] = []
    stream.addEventListener('message', event => seen.push(event.data))
    stream[method](counting(2))
    await settle()
    expect(seen).toEqual([counting(2)])
  })

  it.each(['push', 'unshift'] as const)('stop the owner when they fill the queue (%s)', method => {
    const { stream, owner } = ownedStream()
    stream.receive(counting(READ_HIGH_WATER_BYTES - 1))
    expect(owner.of('reading')).toEqual([])
    stream[method](counting(1))
    expect(owner.of('reading')).toEqual([false])
  })

  it('work after the end too', async () => {
    const { stream } = ownedStream()
    stream.receiveEnd()
    await collect(stream)
    stream.unshift(counting(2))
    expect(await collect(stream)).toEqual(counting(2))
  })
})

describe('closeRead', () => {
  it('drops what waits and what comes, tells the owner, and ends the reading', async () => {
    const { stream, owner } = ownedStream()
    const events = eventsOf(stream)
    stream.receive(counting(10))
    await stream.closeRead()
    stream.receive(counting(5))
    expect([stream.readBufferLength, owner.creditBytes, owner.of('readClosed')]).toEqual([0, 15, [undefined]])
    expect(await collect(stream)).toEqual(new Uint8Array(0))
    expect([events, stream.readStatus, stream.writeStatus]).toEqual([['end'], 'closed', 'writable'])
  })

  it('does nothing twice, nor on a stream that is over', async () => {
    const { stream, owner } = ownedStream()
    await stream.closeRead()
    await stream.closeRead()
    expect(owner.of('readClosed')).toHaveLength(1)
    const over = ownedStream()
    over.stream.abort(new Error('enough'))
    await over.stream.closeRead()
    expect(over.owner.of('readClosed')).toEqual([])
  })

  it('ends whoever waits', async () => {
    const { stream } = ownedStream()
    const waiting = stream[Symbol.asyncIterator]().next()
    await stream.closeRead()
    expect((await waiting).done).toBe(true)
  })

  it('respects its signal', async () => {
    const { stream } = ownedStream()
    const reason = new Error('too late')
    await expect(stream.closeRead({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(stream.readStatus).toBe('readable')
  })

  it('of a paused stream lets the far side finish', async () => {
    const [a, b] = pair()
    b.pause()
    await b.closeRead()
    a.send(new Uint8Array(2_000_000))
    await a.close()
    await b.close()
    await settle()
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })
})

describe('the read buffer', () => {
  it('resets a stream without flow control that nobody reads', () => {
    const { stream, owner } = ownedStream({ maxReadBufferLength: 100 })
    stream.receive(counting(100))
    expect(stream.status).toBe('open')
    stream.receive(counting(1))
    expect([stream.status, stream.readBufferLength]).toEqual(['aborted', 0])
    expect(owner.of('aborted')).toEqual([expect.objectContaining({ name: 'StreamBufferError', code: 'buffer-full' })])
  })

  it('asks the owner to stop at the high mark and to go on at half of it', async () => {
    const { stream, owner } = ownedStream({ maxReadBufferLength: 10_000 })
    for (let i = 0; i < 10; i++) stream.receive(counting(1000))
    expect(owner.of('reading')).toEqual([false])
    const chunks = stream[Symbol.asyncIterator]()
    for (let i = 0; i < 5; i++) await chunks.next()
    expect(owner.of('reading')).toEqual([false])
    await chunks.next()
    expect(owner.of('reading')).toEqual([false, true])
  })

  it('asks the owner to stop during a pause, unless a reader is attached', () => {
    const { stream, owner } = ownedStream()
    stream.pause()
    stream.pause()
    expect(owner.of('reading')).toEqual([false])
    const port = { receive() {}, end() {}, closed() {} }
    stream.attach(port)
    expect(owner.of('reading')).toEqual([false, true])
    stream.detach(port)
    expect(owner.of('reading')).toEqual([false, true, false])
    stream.resume()
    expect(owner.of('reading')).toEqual([false, true, false, true])
  })
})
