import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ByteStream,
  type Dialogue,
  MAX_ATTACHED_READERS,
  MAX_READ_BUFFER_BYTES,
  runDialogue,
  send,
  settled,
  take,
  takePrefixed
} from '../src/index.ts'
import { collect, counting, foreign, ownedStream, pair, pulled, settle } from './fixtures.ts'

/** Asks with two bytes, hears one byte n, then n bytes, then a message; answers with all of it. */
function* exchange(): Dialogue<Uint8Array> {
  yield* send(fromUtf8('hi'))
  const [length = 0] = yield* take(1)
  const exact = yield* take(length)
  const message = yield* takePrefixed(100)
  yield* send(fromUtf8('bye'))
  return concat([exact, message])
}

const heard = concat([Uint8Array.of(3), fromUtf8('abc'), lengthPrefixed(fromUtf8('message'))])

describe('runDialogue', () => {
  it.each([
    ['one of ours', (stream: ByteStream) => stream],
    ['one of another make', foreign]
  ])('plays its steps in any chunking, and leaves the rest in the stream: %s', async (_, of) => {
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(cuts, async sizes => {
        const { stream } = ownedStream()
        const playing = runDialogue(of(stream), exchange())
        const bytes = concat([heard, fromUtf8('the rest')])
        for (let at = 0, i = 0; at < bytes.byteLength; i++) {
          const length = sizes[i % sizes.length] as number
          stream.receive(bytes.slice(at, at + length))
          at += length
        }
        stream.receiveEnd()
        expect(await playing).toEqual(fromUtf8('abcmessage'))
        expect(pulled(stream)).toEqual(fromUtf8('hibye'))
        expect(await collect(stream)).toEqual(fromUtf8('the rest'))
      }),
      { numRuns: 40 }
    )
  })

  it('needs no promise between its steps', () => {
    const { stream } = ownedStream()
    void runDialogue(stream, exchange())
    stream.receive(heard)
    expect(pulled(stream)).toEqual(fromUtf8('hibye'))
  })

  it('reads what waited before it began', async () => {
    const { stream } = ownedStream()
    stream.receive(heard)
    expect(await runDialogue(stream, exchange())).toEqual(fromUtf8('abcmessage'))
  })

  it('takes nothing when it wants nothing', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(3))
    expect(
      await runDialogue(
        stream,
        (function* (): Dialogue<string> {
          yield* take(0)
          yield* send(counting(1))
          return 'done'
        })()
      )
    ).toBe('done')
    expect(stream.readBufferLength).toBe(3)
  })
})

describe('several dialogues at once', () => {
  const asking = function* (question: number): Dialogue<number> {
    yield* send(Uint8Array.of(question))
    const [answer = 0] = yield* take(1)
    return answer
  }

  it('send at once and read in turn', async () => {
    const { stream } = ownedStream()
    const playing = [1, 2, 3].map(question => runDialogue(stream, asking(question)))
    expect(pulled(stream)).toEqual(Uint8Array.of(1, 2, 3))
    stream.receive(Uint8Array.of(10, 20, 30, 40))
    expect(await Promise.all(playing)).toEqual([10, 20, 30])
    expect(stream.readBufferLength).toBe(1)
  })

  it('go on behind one that fails', async () => {
    const { stream } = ownedStream()
    const failing = runDialogue(
      stream,
      (function* (): Dialogue<void> {
        yield* take(1)
        throw new Error('not what I wanted')
      })()
    )
    const next = runDialogue(stream, asking(1))
    stream.receive(Uint8Array.of(10, 20))
    await expect(failing).rejects.toThrow('not what I wanted')
    expect(await next).toBe(20)
  })

  it('all fail when the stream does', async () => {
    const { stream } = ownedStream()
    const playing = [1, 2].map(question => runDialogue(stream, asking(question)))
    const reason = new Error('gone')
    stream.receiveReset(reason)
    expect(await Promise.allSettled(playing)).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason }
    ])
  })

  it('are limited, and one too many leaves nothing behind', async () => {
    const { stream } = ownedStream()
    const abort = new AbortController()
    const playing = Array.from({ length: MAX_ATTACHED_READERS }, (_, i) => runDialogue(stream, asking(i)))
    let listeners = 0
    const { signal } = abort
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--
      remove(...args)
    }
    await expect(runDialogue(stream, asking(99), { signal })).rejects.toMatchObject({ name: 'StreamStateError' })
    expect(listeners).toBe(0)
    stream.receive(counting(MAX_ATTACHED_READERS))
    expect(await Promise.all(playing)).toEqual([...counting(MAX_ATTACHED_READERS)])
  })
})

describe('a dialogue that fails', () => {
  it('rejects with what it throws; the stream is left to the caller', async () => {
    const { stream } = ownedStream()
    const reason = new Error('not what I wanted')
    const playing = runDialogue(
      stream,
      (function* (): Dialogue<void> {
        yield* take(1)
        throw reason
      })()
    )
    stream.receive(counting(5))
    await expect(playing).rejects.toBe(reason)
    expect([stream.status, stream.readBufferLength]).toEqual(['open', 4])
  })

  it('sees a message over its limit before the body, and may go on', async () => {
    const { stream } = ownedStream()
    const playing = runDialogue(
      stream,
      (function* (): Dialogue<string> {
        try {
          yield* takePrefixed(10)
        } catch (err) {
          return (err as { code: string }).code
        }
        return 'no error'
      })()
    )
    stream.receive(Uint8Array.of(11))
    expect(await playing).toBe('too-large')
  })

  it.each([
    ['ends', (stream: ByteStream) => stream.receiveEnd(), { name: 'ConnectionClosedError' }],
    ['is reset', (stream: ByteStream) => stream.receiveReset(new Error('gone')), { message: 'gone' }],
    ['is aborted', (stream: ByteStream) => stream.abort(new Error('enough')), { message: 'enough' }]
  ])('because the stream %s rejects, on ours and on another make', async (_, end, error) => {
    for (const of of [(stream: ByteStream) => stream, foreign]) {
      const { stream } = ownedStream()
      const playing = runDialogue(of(stream), exchange())
      stream.receive(Uint8Array.of(3))
      end(stream)
      await expect(playing).rejects.toMatchObject(error)
    }
  })

  it('rejects on a stream that is over already', async () => {
    const { stream } = ownedStream()
    stream.abort(new Error('enough'))
    await expect(runDialogue(stream, take(1))).rejects.toThrow('enough')
    await expect(runDialogue(stream, send(counting(1)))).rejects.toThrow('aborted: enough')
  })

  it.each([
    ['before it starts', true],
    ['while it waits', false]
  ])('because of its signal rejects with the reason (%s) and returns what it read', async (_, isEarly) => {
    const { stream } = ownedStream()
    const abort = new AbortController()
    const reason = new Error('no more patience')
    if (isEarly) abort.abort(reason)
    const playing = runDialogue(stream, exchange(), { signal: abort.signal })
    stream.receive(Uint8Array.of(3, 97, 98))
    abort.abort(reason)
    await expect(playing).rejects.toBe(reason)
    expect(stream.readBufferLength).toBeGreaterThanOrEqual(2)
    expect(stream.status).toBe('open')
  })

  it('runs its own cleanup, and survives a bad one', async () => {
    const { stream } = ownedStream()
    const abort = new AbortController()
    let isCleaned = false
    const playing = runDialogue(
      stream,
      (function* (): Dialogue<void> {
        try {
          yield* take(1)
        } finally {
          isCleaned = true
          // biome-ignore lint/correctness/noUnsafeFinally: the point of the test
          throw new Error('a bad cleanup')
        }
      })(),
      { signal: abort.signal }
    )
    const reason = new Error('no more patience')
    expect(() => abort.abort(reason)).not.toThrow()
    await expect(playing).rejects.toBe(reason)
    await settle()
    expect(isCleaned).toBe(true)
  })

  it('that ends its own stream is told so', async () => {
    const { stream } = ownedStream()
    const playing = runDialogue(
      stream,
      (function* (): Dialogue<void> {
        yield* take(1)
        stream.abort(new Error('I give up'))
        yield* take(1)
      })()
    )
    stream.receive(counting(1))
    await expect(playing).rejects.toThrow('I give up')
  })
})

function deferred(): { promise: Promise<number>; resolve: (value: number) => void } {
  let resolve = (_: number): void => {}
  const promise = new Promise<number>(done => {
    resolve = done
  })
  return { promise, resolve }
}

describe('a dialogue that waits for a promise', () => {
  const waiting = function* (promise: Promise<number> | number): Dialogue<[number, Uint8Array]> {
    const value = yield* settled(promise)
    return [value, yield* take(2)]
  }

  it('goes on with its value; bytes come meanwhile', async () => {
    const { stream } = ownedStream()
    const { promise, resolve } = deferred()
    const playing = runDialogue(stream, waiting(promise))
    stream.receive(counting(3))
    resolve(7)
    expect(await playing).toEqual([7, counting(2)])
    expect(stream.readBufferLength).toBe(1)
  })

  it('does not wait for a value that is there', () => {
    const dialogue = waiting(7)
    expect(dialogue.next().value).toEqual({ take: 2 })
  })

  it('fails with the promise', async () => {
    const { stream } = ownedStream()
    const reason = new Error('a bad signature')
    await expect(runDialogue(stream, waiting(Promise.reject(reason)))).rejects.toBe(reason)
  })

  it('is not failed by an end that comes behind everything it needs', async () => {
    const { stream } = ownedStream()
    const { promise, resolve } = deferred()
    const playing = runDialogue(stream, waiting(promise))
    stream.receive(counting(2))
    stream.receiveEnd()
    resolve(7)
    expect(await playing).toEqual([7, counting(2)])
  })

  it('is failed by an end that comes before what it needs', async () => {
    const { stream } = ownedStream()
    const { promise, resolve } = deferred()
    const playing = runDialogue(stream, waiting(promise))
    stream.receive(counting(1))
    stream.receiveEnd()
    resolve(7)
    await expect(playing).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })

  it('ignores the promise once it has failed', async () => {
    const { stream } = ownedStream()
    const { promise, resolve } = deferred()
    const playing = runDialogue(stream, waiting(promise))
    stream.abort(new Error('enough'))
    resolve(7)
    await expect(playing).rejects.toThrow('enough')
  })

  it('keeps no more than the limit meanwhile', async () => {
    const { stream } = ownedStream()
    const playing = runDialogue(stream, waiting(new Promise(() => {})))
    const chunk = new Uint8Array(1024 * 1024)
    for (let bytes = 0; bytes <= MAX_READ_BUFFER_BYTES; bytes += chunk.byteLength) stream.receive(chunk)
    await expect(playing).rejects.toMatchObject({ name: 'StreamBufferError' })
  })
})

describe('two dialogues with each other', () => {
  it('agree over a pair of streams', async () => {
    const [a, b] = pair()
    const answering = function* (): Dialogue<Uint8Array> {
      const question = yield* take(2)
      yield* send(heard)
      const last = yield* take(3)
      return concat([question, last])
    }
    const got = await Promise.all([runDialogue(a, exchange()), runDialogue(b, answering())])
    expect(got).toEqual([fromUtf8('abcmessage'), fromUtf8('hibye')])
  })
})
