/**
 * Streams of another make, which are read through their events. Here they are ours with their own methods hidden;
 * `interop/dropin` has those of js-libp2p.
 */
import type { MessageStream } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { asDuplex, attachReader, type ByteStream, chunksOf, StreamReader, type StreamReaderPort } from '../src/index.ts'
import { counting, foreign, ownedStream, settle } from './fixtures.ts'

function noting(course: string[] = []): StreamReaderPort & { course: string[] } {
  return {
    course,
    receive: chunk => course.push(`${chunk.byteLength} bytes`),
    end: () => course.push('end'),
    closed: error => course.push(error === undefined ? 'closed' : `closed: ${error.message}`)
  }
}

/** What a reader is told that attaches after all this. */
async function toldLate(happen: (stream: ByteStream) => void): Promise<string[]> {
  const { stream } = ownedStream()
  happen(stream)
  const reader = noting()
  attachReader(foreign(stream), reader)
  expect(reader.course).toEqual([])
  await settle()
  return reader.course
}

describe('a reader that comes late', () => {
  it.each<[string, (stream: ByteStream) => void, string[]]>([
    ['the end', stream => stream.receiveEnd(), ['end']],
    [
      'bytes and the end',
      stream => {
        stream.receive(counting(3))
        stream.receiveEnd()
      },
      ['3 bytes', 'end']
    ],
    ['a reset', stream => stream.receiveReset(new Error('by the remote')), ['closed: the stream was reset']],
    ['an abort', stream => stream.abort(new Error('by us')), ['closed: the stream was aborted']],
    [
      'bytes and a close in good order',
      stream => {
        stream.receive(counting(3))
        stream.receiveEnd()
        void stream.close()
        stream.finSent()
      },
      ['3 bytes', 'end', 'closed']
    ]
  ])('is told of %s that came before', async (_, happen, told) => expect(await toldLate(happen)).toEqual(told))
})

describe('a reader', () => {
  it('is told the end after the bytes that an announced end is followed by', async () => {
    const { stream } = ownedStream()
    const reader = noting()
    attachReader(foreign(stream), reader)
    // As js-libp2p's yamux does it: the end is in the header, the bytes are in the body.
    stream.dispatchEvent(new Event('remoteCloseWrite'))
    stream.receive(counting(3))
    stream.receiveEnd()
    await settle()
    expect(reader.course).toEqual(['3 bytes', 'end'])
  })

  it('is told of a close in good order after the bytes that wait in a pause', async () => {
    const { stream } = ownedStream()
    const reader = noting()
    stream.pause()
    attachReader(foreign(stream), reader)
    stream.receive(counting(3))
    stream.receiveEnd()
    void stream.close()
    stream.finSent()
    await settle()
    expect(reader.course).toEqual([])
    stream.resume()
    await settle()
    expect(reader.course).toEqual(['3 bytes', 'end', 'closed'])
  })

  it.each<[string, Partial<StreamReaderPort>, (stream: ByteStream) => void]>([
    ['bytes', { receive: throwing }, stream => stream.receive(counting(1))],
    ['the end', { end: throwing }, stream => stream.receiveEnd()]
  ])('that throws at %s loses its stream and nothing else', async (_, port, happen) => {
    const { stream } = ownedStream()
    attachReader(foreign(stream), { ...noting(), ...port })
    happen(stream)
    await settle()
    expect(stream.status).toBe('aborted')
  })

  it('that gives back what the stream takes no more has the stream aborted: the bytes would be missed', () => {
    const { stream } = ownedStream()
    const closed: MessageStream = Object.assign(foreign(stream), { unshift: throwing })
    attachReader(closed, noting())(counting(2))
    expect(stream.status).toBe('aborted')
  })
})

function throwing(): never {
  throw new Error('no')
}

describe('chunksOf', () => {
  it('is the stream itself when it is ours', () => {
    const { stream } = ownedStream()
    expect(chunksOf(stream)).toBe(stream)
  })

  it('misses no end that came before', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(2))
    stream.receiveEnd()
    const seen: number[] = []
    for await (const chunk of chunksOf(foreign(stream))) seen.push(chunk.byteLength)
    expect(seen).toEqual([2])
  })

  it('throws what the stream ended with, to all who wait', async () => {
    const { stream } = ownedStream()
    const chunks = chunksOf(foreign(stream))[Symbol.asyncIterator]()
    const waiting = Promise.allSettled([chunks.next(), chunks.next()])
    stream.receiveReset(new Error('by the remote'))
    expect(await waiting).toEqual(Array.from({ length: 2 }, () => ({ status: 'rejected', reason: expect.any(Error) })))
    await expect(chunks.next()).rejects.toThrow('by the remote')
  })

  it('pauses the stream while nobody asks', async () => {
    const { stream } = ownedStream()
    const chunks = chunksOf(foreign(stream))[Symbol.asyncIterator]()
    const first = chunks.next()
    stream.receive(counting(1))
    expect((await first).value).toEqual(counting(1))
    stream.receive(counting(2))
    await settle()
    expect([stream.readStatus, stream.readBufferLength]).toEqual(['paused', 2])
    expect((await chunks.next()).value).toEqual(counting(2))
  })

  it('loses nothing when it is left', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(2))
    for await (const chunk of chunksOf(foreign(stream))) {
      expect(chunk).toEqual(counting(2))
      break
    }
    stream.receive(counting(3))
    expect((await stream[Symbol.asyncIterator]().next()).value).toEqual(counting(3))
    expect(stream.listenerCount('message')).toBe(0)
  })

  it('gives back what came after the last that was asked for', async () => {
    const { stream } = ownedStream()
    const source = foreign(stream)
    const chunks = chunksOf(source)[Symbol.asyncIterator]()
    const first = chunks.next()
    stream.receive(counting(1))
    await first
    stream.dispatchEvent(Object.assign(new Event('message'), { data: counting(4) }))
    await chunks.return?.()
    expect((await stream[Symbol.asyncIterator]().next()).value).toEqual(counting(4))
  })
})

it('a StreamReader meets the end that came before', async () => {
  const { stream } = ownedStream()
  stream.receiveEnd()
  expect(await new StreamReader(foreign(stream)).readToEnd()).toEqual(new Uint8Array(0))
})

it('asDuplex has an iteration that meets the end that came before', async () => {
  const { stream } = ownedStream()
  stream.receiveEnd()
  const seen: unknown[] = []
  for await (const chunk of asDuplex(foreign(stream) as ByteStream)) seen.push(chunk)
  expect(seen).toEqual([])
})
