import { concat, encodeVarint, lengthPrefixed } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_MESSAGE_LIMIT_BYTES, raceSignal, StreamReader, writeMessage } from '../src/index.ts'
import { collect, counting, foreign, ownedStream, pair, settle } from './fixtures.ts'

function reading(...chunks: Uint8Array[]) {
  const { stream, owner } = ownedStream()
  for (const chunk of chunks) stream.receive(chunk)
  return { stream, owner, reader: new StreamReader(stream) }
}

describe('StreamReader', () => {
  it('reads what was written, in any chunking', async () => {
    const item = fc.oneof(
      fc.record({ exact: fc.uint8Array({ maxLength: 50 }) }),
      fc.record({ varint: fc.nat() }),
      fc.record({ message: fc.uint8Array({ maxLength: 300 }) })
    )
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(item), sizes, async (items, cuts) => {
        const { stream, reader } = reading()
        const wire = concat(
          items.map(i => {
            if ('exact' in i) return i.exact
            return 'varint' in i ? encodeVarint(i.varint) : lengthPrefixed(i.message)
          })
        )
        for (let at = 0, n = 0; at < wire.byteLength; n++) {
          const length = cuts[n % cuts.length] as number
          stream.receive(wire.slice(at, at + length))
          at += length
        }
        stream.receiveEnd()
        for (const i of items) {
          if ('exact' in i) expect(await reader.read(i.exact.byteLength)).toEqual(i.exact)
          else if ('varint' in i) expect(await reader.readVarint()).toBe(i.varint)
          else expect(await reader.readMessage()).toEqual(i.message)
        }
        expect(await reader.readSome()).toBeUndefined()
      }),
      { numRuns: 60 }
    )
  })

  it('takes no more from the stream than it needs', async () => {
    const { stream, owner, reader } = reading(counting(1000), counting(2000))
    expect((await reader.read(4)).byteLength).toBe(4)
    expect([owner.creditBytes, stream.readBufferLength]).toEqual([1000, 2000])
  })

  it('reads whatever is there', async () => {
    const { stream, reader } = reading(counting(10))
    await reader.read(4)
    expect(await reader.readSome()).toEqual(counting(10).subarray(4))
    const next = reader.readSome()
    stream.receive(counting(3))
    expect(await next).toEqual(counting(3))
  })

  it('tells a message from the end before it', async () => {
    const { stream, reader } = reading(concat([lengthPrefixed(counting(3)), lengthPrefixed(counting(4))]))
    expect(await reader.readMessageOrEnd()).toEqual(counting(3))
    expect(await reader.readMessageOrEnd()).toEqual(counting(4))
    stream.receiveEnd()
    expect(await reader.readMessageOrEnd()).toBeUndefined()
  })

  it('reads to the end', async () => {
    const { stream, reader } = reading(counting(3), counting(2))
    stream.receiveEnd()
    expect(await reader.readToEnd()).toEqual(concat([counting(3), counting(2)]))
    expect(await reader.readToEnd()).toEqual(new Uint8Array(0))
  })

  it('reads streams of another make', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(5))
    expect(await new StreamReader(foreign(stream)).read(5)).toEqual(counting(5))
  })

  it.each([
    ['bytes', (reader: StreamReader) => reader.read(5)],
    ['a varint', (reader: StreamReader) => reader.readVarint()],
    ['a message', (reader: StreamReader) => reader.readMessage()],
    ['a message or the end', (reader: StreamReader) => reader.readMessageOrEnd()]
  ])('rejects when the remote ends in the middle of %s', async (_, read) => {
    const { stream, reader } = reading(Uint8Array.of(0x85))
    stream.receiveEnd()
    await expect(read(reader)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })

  it('rejects with the error of the stream, once what came before is read', async () => {
    const { stream, reader } = reading(counting(3))
    const reason = new Error('gone')
    stream.receiveReset(reason)
    expect(await reader.read(3)).toEqual(counting(3))
    await expect(reader.read(1)).rejects.toBe(reason)
    await expect(reader.readSome()).rejects.toBe(reason)
  })

  it.each([
    [10, 11],
    [undefined, DEFAULT_MESSAGE_LIMIT_BYTES + 1]
  ])('refuses a message over the limit of %s before its body comes', async (limitBytes, length) => {
    const { reader } = reading(encodeVarint(length))
    await expect(reader.readMessage({ limitBytes })).rejects.toMatchObject({ name: 'BytesError', code: 'too-large' })
  })

  it('accepts a message at the limit', async () => {
    const { reader } = reading(lengthPrefixed(counting(10)))
    expect(await reader.readMessage({ limitBytes: 10 })).toHaveLength(10)
  })

  it('refuses to gather more than the limit', async () => {
    const { reader } = reading(counting(11))
    await expect(reader.readToEnd({ limitBytes: 10 })).rejects.toMatchObject({ code: 'too-large' })
  })

  it('refuses a varint that is longer than it need be', async () => {
    const { reader } = reading(Uint8Array.of(0x80, 0))
    await expect(reader.readVarint()).rejects.toMatchObject({ code: 'varint-not-minimal' })
  })
})

describe('a read that is cancelled', () => {
  const reason = new Error('no more patience')

  it('rejects with the reason and loses nothing: the next goes on', async () => {
    const { stream, reader } = reading(counting(4).subarray(0, 2))
    const abort = new AbortController()
    const cancelled = reader.read(4, { signal: abort.signal })
    await settle()
    abort.abort(reason)
    await expect(cancelled).rejects.toBe(reason)
    stream.receive(counting(4).subarray(2))
    expect(await reader.read(4)).toEqual(counting(4))
  })

  it('by a signal that is aborted already does not read', async () => {
    const { stream, reader } = reading()
    await expect(reader.read(1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    stream.receive(counting(1))
    expect(await reader.read(1)).toEqual(counting(1))
  })

  it('is not rejected twice when the stream fails later', async () => {
    const { stream, reader } = reading()
    const abort = new AbortController()
    const cancelled = reader.read(1, { signal: abort.signal })
    abort.abort(reason)
    await expect(cancelled).rejects.toBe(reason)
    stream.receiveReset(new Error('gone'))
    await settle()
    await expect(reader.read(1)).rejects.toThrow('gone')
  })
})

describe('release', () => {
  it('gives back what was taken and not asked for', async () => {
    const { stream, owner, reader } = reading(counting(10))
    await reader.read(4)
    expect(reader.release()).toBe(stream)
    stream.receiveEnd()
    expect(await collect(stream)).toEqual(counting(10).subarray(4))
    expect(owner.creditBytes).toBe(10)
  })

  it('after a cancelled read leaves the next chunk to whoever reads next', async () => {
    const { stream, reader } = reading()
    const abort = new AbortController()
    const cancelled = reader.read(1, { signal: abort.signal })
    abort.abort(new Error('no more patience'))
    await expect(cancelled).rejects.toThrow('no more patience')
    reader.release()
    stream.receive(counting(5))
    stream.receiveEnd()
    expect(await collect(stream)).toEqual(counting(5))
  })

  it('gives back a chunk that comes to a foreign stream’s cancelled read', async () => {
    const { stream } = ownedStream()
    const iterating = foreign(stream)
    // An iterator that cannot be left while it waits, as a generator.
    const plain = new Proxy(iterating, {
      get: (target, key) =>
        key === Symbol.asyncIterator
          ? () => ({ next: stream[Symbol.asyncIterator]().next })
          : Reflect.get(target, key, target)
    })
    const reader = new StreamReader(plain)
    const abort = new AbortController()
    const cancelled = reader.read(1, { signal: abort.signal })
    abort.abort(new Error('no more patience'))
    await expect(cancelled).rejects.toThrow('no more patience')
    reader.release()
    stream.receive(counting(5))
    await settle()
    expect(stream.readBufferLength).toBe(5)
  })
})

describe('writeMessage', () => {
  it('writes what readMessage reads, and waits when the stream is full', async () => {
    const [a, b] = pair()
    b.pause()
    const message = counting(600_000)
    const writing = writeMessage(a, message)
    const abort = new AbortController()
    const reason = new Error('no more patience')
    await settle()
    const impatient = writeMessage(a, message, { signal: abort.signal })
    abort.abort(reason)
    await expect(impatient).rejects.toBe(reason)
    b.resume()
    const reader = new StreamReader(b)
    for (let i = 0; i < 2; i++) expect((await reader.readMessage()).byteLength).toBe(600_000)
    await writing
  })
})

describe('raceSignal', () => {
  it('passes the outcome on, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    let listeners = 0
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
    expect(await raceSignal(Promise.resolve(1), signal)).toBe(1)
    await expect(raceSignal(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(await raceSignal(Promise.resolve(2))).toBe(2)
    expect(listeners).toBe(0)
  })

  it('handles a promise that fails after it was given up', async () => {
    const reason = new Error('too late')
    await expect(raceSignal(Promise.reject(new Error('no')), AbortSignal.abort(reason))).rejects.toBe(reason)
    await settle()
  })
})
