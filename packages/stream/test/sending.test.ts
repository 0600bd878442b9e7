import { concat } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, it } from 'vitest'
import { WRITE_HIGH_WATER_BYTES, WRITE_LOW_WATER_BYTES } from '../src/index.ts'
import { collect, counting, eventsOf, ownedStream, pair, pulled, settle } from './fixtures.ts'

describe('send', () => {
  it('queues bytes and tells the owner, who pulls views of them', () => {
    const { stream, owner } = ownedStream()
    const bytes = counting(10)
    expect(stream.send(bytes)).toBe(true)
    expect([owner.calls, stream.writeBufferLength, stream.hasQueued]).toEqual([[['queued']], 10, true])
    const target: Uint8Array[] = []
    expect([stream.pull(target, 4), stream.pull(target, 100), stream.pull(target, 100)]).toEqual([4, 6, 0])
    expect(target).toEqual([bytes.subarray(0, 4), bytes.subarray(4)])
    expect(target[0]?.buffer).toBe(bytes.buffer)
    expect(stream.hasQueued).toBe(false)
  })

  it('takes lists of arrays, part by part', () => {
    const { stream } = ownedStream()
    stream.send(new Uint8ArrayList(counting(3), counting(2)))
    expect(pulled(stream)).toEqual(concat([counting(3), counting(2)]))
  })

  it('takes several buffers as one', () => {
    const { stream, owner } = ownedStream()
    expect(stream.sendAll([counting(3), counting(0), counting(2)])).toBe(true)
    expect(stream.sendAll([new Uint8Array(WRITE_HIGH_WATER_BYTES)])).toBe(false)
    expect(owner.of('queued')).toHaveLength(2)
    expect(stream.writeBufferLength).toBe(WRITE_HIGH_WATER_BYTES + 5)
  })

  it('hands out the same bytes whatever the sizes of sends and pulls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300)),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        (sends, pulls) => {
          const { stream } = ownedStream()
          const bytes = counting(sends.reduce((sum, n) => sum + n, 0))
          let at = 0
          for (const length of sends) {
            stream.send(bytes.subarray(at, at + length))
            at += length
          }
          const target: Uint8Array[] = []
          for (let i = 0; stream.hasQueued; i++) stream.pull(target, pulls[i % pulls.length] as number)
          expect(concat(target)).toEqual(bytes)
        }
      )
    )
  })

  it.each([
    ['closing', 'closed', (stream: ReturnType<typeof ownedStream>['stream']) => void stream.close()],
    [
      'aborted',
      'aborted: enough',
      (stream: ReturnType<typeof ownedStream>['stream']) => stream.abort(new Error('enough'))
    ],
    [
      'reset',
      'reset: gone',
      (stream: ReturnType<typeof ownedStream>['stream']) => stream.receiveReset(new Error('gone'))
    ]
  ])('throws on a stream that is %s, and says why', async (_, message, end) => {
    const { stream } = ownedStream()
    end(stream)
    for (const send of [() => stream.send(counting(1)), () => stream.sendAll([counting(1)])]) {
      expect(send).toThrow(
        expect.objectContaining({ name: 'StreamStateError', message: expect.stringContaining(message) })
      )
    }
    await expect(stream.onDrain()).rejects.toMatchObject({ code: 'stream-state' })
  })

  it.each(['send', 'sendAll'] as const)('aborts a stream whose writer ignores false (%s)', method => {
    const { stream, owner } = ownedStream({ maxWriteBufferLength: 100 })
    const send = (n: number) => (method === 'send' ? stream.send(counting(n)) : stream.sendAll([counting(n)]))
    send(99)
    send(50)
    expect(() => send(1)).toThrow(expect.objectContaining({ name: 'StreamBufferError', code: 'buffer-full' }))
    expect([stream.status, stream.writeBufferLength]).toEqual(['aborted', 0])
    expect(owner.of('aborted')).toHaveLength(1)
  })
})

describe('backpressure of the writer', () => {
  it('answers false from the high mark on, until the low mark', () => {
    const { stream } = ownedStream()
    expect(stream.send(new Uint8Array(WRITE_HIGH_WATER_BYTES - 1))).toBe(true)
    expect([stream.send(new Uint8Array(1)), stream.writableNeedsDrain]).toEqual([false, true])
    stream.pull([], WRITE_HIGH_WATER_BYTES - WRITE_LOW_WATER_BYTES - 1)
    expect([stream.writableNeedsDrain, stream.send(new Uint8Array(0))]).toEqual([true, false])
    stream.pull([], 1)
    expect([stream.writableNeedsDrain, stream.send(new Uint8Array(1))]).toEqual([false, true])
  })

  it('drains every time, not only once', async () => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    for (let i = 1; i <= 5; i++) {
      while (stream.send(new Uint8Array(50_000)));
      const waits = [stream.onDrain(), stream.onDrain()]
      pulled(stream)
      await Promise.all(waits)
      expect(events.filter(name => name === 'drain')).toHaveLength(i)
      expect(events.filter(name => name === 'idle')).toHaveLength(i)
    }
  })

  it('does not wait where nothing is full, and announces no drain there', async () => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    stream.send(counting(10))
    pulled(stream)
    expect(events).toEqual(['idle'])
    await expect(stream.onDrain()).resolves.toBeUndefined()
  })

  it('stops waiting when the signal says so, and only that one', async () => {
    const { stream } = ownedStream()
    stream.send(new Uint8Array(WRITE_HIGH_WATER_BYTES))
    const abort = new AbortController()
    const reason = new Error('no more patience')
    const [impatient, patient] = [stream.onDrain({ signal: abort.signal }), stream.onDrain()]
    abort.abort(reason)
    await expect(impatient).rejects.toBe(reason)
    await expect(stream.onDrain({ signal: abort.signal })).rejects.toBe(reason)
    pulled(stream)
    await expect(patient).resolves.toBeUndefined()
  })

  it('still drains while it closes', async () => {
    const { stream } = ownedStream()
    stream.send(new Uint8Array(WRITE_HIGH_WATER_BYTES))
    const drained = stream.onDrain()
    const closed = stream.close()
    pulled(stream)
    await drained
    stream.finSent()
    await closed
  })

  it('stops a writer whose reader sleeps, and lets it go on', async () => {
    const [a, b] = pair()
    b.pause()
    let sent = 0
    while (sent < 10_000_000) {
      sent += 50_000
      if (a.send(new Uint8Array(50_000))) continue
      await settle()
      if (a.writableNeedsDrain) break
    }
    expect(sent).toBeLessThan(1_000_000)
    expect(b.readBufferLength).toBeLessThan(600_000)
    b.resume()
    const reading = collect(b)
    await a.onDrain()
    await a.close()
    expect((await reading).byteLength).toBe(sent)
  })
})

describe('close', () => {
  it('waits for what is queued, then for the end to be sent', async () => {
    const { stream } = ownedStream()
    stream.send(counting(4))
    let isClosed = false
    const closing = Promise.all([stream.close(), stream.close()]).then(() => {
      isClosed = true
    })
    expect([stream.isFinQueued, stream.hasQueued]).toEqual([false, true])
    pulled(stream)
    expect([stream.isFinQueued, stream.hasQueued]).toEqual([true, true])
    await settle()
    expect(isClosed).toBe(false)
    stream.finSent()
    await closing
    expect([stream.isFinQueued, stream.hasQueued]).toEqual([false, false])
    await expect(stream.close()).resolves.toBeUndefined()
  })

  it('is not undone when its signal ends the waiting', async () => {
    const { stream } = ownedStream()
    stream.send(counting(4))
    const abort = new AbortController()
    const closing = stream.close({ signal: abort.signal })
    const reason = new Error('no more patience')
    abort.abort(reason)
    await expect(closing).rejects.toBe(reason)
    expect(stream.writeStatus).toBe('closing')
    await expect(stream.close({ signal: abort.signal })).rejects.toBe(reason)
  })

  it('does nothing on a stream that is over', async () => {
    const { stream } = ownedStream()
    stream.abort(new Error('enough'))
    await expect(stream.close()).resolves.toBeUndefined()
  })
})

describe('sink', () => {
  it('sends what the source yields, with backpressure, and closes', async () => {
    const [a, b] = pair()
    const reading = collect(b)
    await a.sink([counting(100_000), new Uint8ArrayList(counting(300_000), counting(5)), counting(1)])
    expect((await reading).byteLength).toBe(400_006)
    expect(a.writeStatus).toBe('closed')
  })

  it('takes nothing from the source while the reader sleeps', async () => {
    const [a, b] = pair()
    b.pause()
    let taken = 0
    const sinking = a.sink(
      (async function* () {
        for (; taken < 100; taken++) yield new Uint8Array(50_000)
      })()
    )
    await settle()
    expect(taken).toBeLessThan(20)
    b.resume()
    await Promise.all([collect(b), sinking])
    expect(taken).toBe(100)
  })

  it('aborts the stream when the source fails', async () => {
    const { stream, owner } = ownedStream()
    const reason = new Error('the source is dry')
    const source = (async function* () {
      yield counting(1)
      throw reason
    })()
    await expect(stream.sink(source)).rejects.toBe(reason)
    expect([stream.status, owner.of('aborted')]).toEqual(['aborted', [reason]])
  })

  it('ends the source when the stream fails', async () => {
    const [a, b] = pair()
    let isEnded = false
    const sinking = a.sink(
      (async function* () {
        try {
          for (;;) yield new Uint8Array(100_000)
        } finally {
          isEnded = true
        }
      })()
    )
    sinking.catch(() => {})
    b.abort(new Error('enough'))
    await expect(sinking).rejects.toThrow()
    expect([isEnded, a.status]).toEqual([true, 'reset'])
  })
})
