import { concat } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import {
  attachReader,
  type ByteStream,
  isAttachable,
  MAX_ATTACHED_READERS,
  type StreamReaderPort,
  sendAll
} from '../src/index.ts'
import { counting, foreign, ownedStream, pair, pulled, settle } from './fixtures.ts'

/** A reader that notes what it is told. */
function noting(onChunk: (chunk: Uint8Array, port: StreamReaderPort) => void = () => {}) {
  const course: string[] = []
  const port: StreamReaderPort = {
    receive(chunk) {
      course.push(`${chunk.byteLength} bytes`)
      onChunk(chunk, port)
    },
    end: () => course.push('end'),
    closed: error => course.push(`closed ${error?.message}`)
  }
  return { port, course }
}

function endInOrder(stream: ByteStream): void {
  stream.receiveEnd()
  void stream.close()
  stream.finSent()
}

describe('an attached reader', () => {
  it('gets bytes by direct calls, ahead of the faces', async () => {
    const { stream } = ownedStream()
    const { port, course } = noting()
    const seen: unknown[] = []
    stream.addEventListener('message', event => seen.push(event))
    const next = stream[Symbol.asyncIterator]().next()
    stream.attach(port)
    stream.receive(counting(3))
    expect([course, seen]).toEqual([['3 bytes'], []])
    stream.detach(port)
    stream.receive(counting(4))
    expect((await next).value).toEqual(counting(4))
  })

  it('gets what waited before it came, but not within attach', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(3))
    stream.receiveEnd()
    const { port, course } = noting()
    stream.attach(port)
    expect(course).toEqual([])
    await settle()
    expect(course).toEqual(['3 bytes', 'end'])
  })

  it('reads on in a pause', () => {
    const { stream } = ownedStream()
    const { port, course } = noting()
    stream.attach(port)
    stream.pause()
    stream.receive(counting(3))
    expect(course).toEqual(['3 bytes'])
  })

  it.each([
    ['in good order', ['end', 'closed undefined'], endInOrder],
    ['by a reset', ['closed gone'], (s: ByteStream) => s.receiveReset(new Error('gone'))],
    ['by an abort', ['closed enough'], (s: ByteStream) => s.abort(new Error('enough'))]
  ])('learns of the end once: %s', async (_, expected, end) => {
    const { stream } = ownedStream()
    const { port, course } = noting()
    stream.attach(port)
    end(stream)
    await settle()
    expect(course).toEqual(expected)
  })

  it('learns of the end once, whoever gets in line after', async () => {
    const { stream } = ownedStream()
    const { port, course } = noting()
    stream.attach(port)
    stream.receiveEnd()
    const late = noting()
    stream.attach(late.port)
    await settle()
    expect([course, late.course]).toEqual([['end'], []])
  })

  it('gets what waits ahead of an iteration, whichever came first', async () => {
    const { stream } = ownedStream()
    const chunks = stream[Symbol.asyncIterator]()
    const first = chunks.next()
    const { port, course } = noting()
    stream.attach(port)
    stream.push(counting(3))
    await settle()
    stream.receive(counting(4))
    expect(course).toEqual(['3 bytes', '4 bytes'])
    stream.detach(port)
    stream.receive(counting(5))
    expect((await first).value).toEqual(counting(5))
    stream.receive(counting(6))
    stream.attach(port)
    const second = chunks.next()
    await settle()
    expect(course.at(-1)).toBe('6 bytes')
    stream.detach(port)
    stream.receive(counting(7))
    expect((await second).value).toEqual(counting(7))
  })

  it('learns of an end that was there before it came', async () => {
    const { stream } = ownedStream()
    stream.receiveReset(new Error('gone'))
    const { port, course } = noting()
    stream.attach(port)
    await settle()
    expect(course).toEqual(['closed gone'])
  })

  it('that throws costs its stream, and no throw escapes', async () => {
    const { stream, owner } = ownedStream()
    const reason = new Error('a mistake')
    const { port, course } = noting(() => {
      throw reason
    })
    stream.attach(port)
    expect(() => stream.receive(counting(1))).not.toThrow()
    expect([stream.status, owner.of('aborted'), course]).toEqual(['aborted', [reason], ['1 bytes', 'closed a mistake']])
  })

  it.each(['end', 'closed'] as const)('that throws at the %s hurts nobody', async method => {
    const { stream } = ownedStream()
    const { port } = noting()
    stream.attach({
      ...port,
      [method]: () => {
        throw new Error('a mistake')
      }
    })
    expect(() => stream.receiveEnd()).not.toThrow()
    expect(() => stream.receiveReset(new Error('gone'))).not.toThrow()
    expect(['aborted', 'reset']).toContain(stream.status)
  })
})

describe('several readers', () => {
  it('take turns in the order they attached; leftovers pass on', () => {
    const { stream } = ownedStream()
    const taken: [string, number[]][] = []
    for (const name of ['first', 'second', 'third']) {
      const { port } = noting((chunk, self) => {
        taken.push([name, [...chunk.subarray(0, 2)]])
        stream.detach(self, chunk.subarray(2))
      })
      stream.attach(port)
    }
    stream.receive(Uint8Array.of(1, 2, 3, 4, 5, 6, 7))
    expect(taken).toEqual([
      ['first', [1, 2]],
      ['second', [3, 4]],
      ['third', [5, 6]]
    ])
    expect(stream.readBufferLength).toBe(1)
  })

  it('may leave the line before their turn', () => {
    const { stream } = ownedStream()
    const [first, second, third] = [noting(), noting(), noting()]
    for (const { port } of [first, second, third]) stream.attach(port)
    stream.detach(second.port)
    stream.detach(first.port)
    stream.receive(counting(1))
    expect([first.course, second.course, third.course]).toEqual([[], [], ['1 bytes']])
  })

  it('learn of the end when it is their turn, and of the close together', async () => {
    const { stream } = ownedStream()
    const [first, second] = [noting(), noting()]
    stream.attach(first.port)
    stream.attach(second.port)
    stream.receiveEnd()
    expect([first.course, second.course]).toEqual([['end'], []])
    stream.detach(first.port)
    await settle()
    expect(second.course).toEqual(['end'])
    stream.abort(new Error('enough'))
    expect([first.course, second.course]).toEqual([['end'], ['end', 'closed enough']])
  })

  it('are limited', () => {
    const { stream } = ownedStream()
    for (let i = 0; i < MAX_ATTACHED_READERS; i++) stream.attach(noting().port)
    expect(() => stream.attach(noting().port)).toThrow(expect.objectContaining({ name: 'StreamStateError' }))
  })

  it('see every byte once, whatever their number and appetite', async () => {
    const [a, b] = pair()
    const bytes = counting(20_000)
    const got: Uint8Array[] = []
    for (let i = 0; i < MAX_ATTACHED_READERS; i++) {
      let left = 1 + i * 37
      const { port } = noting((chunk, self) => {
        got.push(chunk.slice(0, left))
        if (chunk.byteLength < left) left -= chunk.byteLength
        else b.detach(self, chunk.subarray(left))
      })
      b.attach(port)
    }
    b.addEventListener('message', event => got.push(event.data.slice()))
    for (let at = 0; at < bytes.byteLength; at += 13) a.send(bytes.subarray(at, at + 13))
    await settle()
    expect(concat(got)).toEqual(bytes)
  })
})

describe('lent buffers', () => {
  const lend = (stream: ByteStream, bytes: Uint8Array): Uint8Array => {
    const lent = bytes.slice()
    stream.receive(lent)
    lent.fill(0xdb)
    return lent
  }

  it('are copied for the faces', async () => {
    const { stream } = ownedStream({ lendsBuffers: true })
    const next = stream[Symbol.asyncIterator]().next()
    lend(stream, counting(3))
    lend(stream, counting(4))
    const seen: unknown[] = []
    stream.addEventListener('message', event => seen.push(event.data))
    await settle()
    lend(stream, counting(5))
    expect([(await next).value, ...seen]).toEqual([counting(3), counting(4), counting(5)])
  })

  it('are copied for a reader that keeps them, and not for one that does not', () => {
    for (const borrows of [false, true]) {
      const { stream } = ownedStream({ lendsBuffers: true })
      const views: Uint8Array[] = []
      stream.attach({ ...noting(chunk => views.push(chunk)).port, borrows })
      const lent = lend(stream, counting(3))
      expect(views[0]?.buffer === lent.buffer).toBe(borrows)
    }
  })

  it('are copied when a borrower gives a part of one back', async () => {
    const { stream } = ownedStream({ lendsBuffers: true })
    const { port } = noting()
    const borrower: StreamReaderPort = {
      ...port,
      borrows: true,
      receive: chunk => stream.detach(borrower, chunk.subarray(1))
    }
    stream.attach(borrower)
    lend(stream, counting(4))
    expect((await stream[Symbol.asyncIterator]().next()).value).toEqual(counting(4).subarray(1))
  })

  it('are never copied where the owner gives them away', async () => {
    const { stream } = ownedStream()
    const chunk = counting(1000)
    stream.receive(chunk)
    expect((await stream[Symbol.asyncIterator]().next()).value?.buffer).toBe(chunk.buffer)
  })
})

describe('attachReader', () => {
  it('tells our streams from others', () => {
    const { stream } = ownedStream()
    expect([isAttachable(stream), isAttachable(foreign(stream))]).toEqual([true, false])
  })

  it.each([
    ['ours', (stream: ByteStream) => stream],
    ['another make', foreign]
  ])('reads a stream of %s, until it detaches with a leftover', async (_, of) => {
    const [a, b] = pair()
    const { port, course } = noting()
    const detach = attachReader(of(b), port)
    a.send(counting(3))
    await settle()
    detach(counting(2))
    a.send(counting(4))
    await a.close()
    const chunks: number[] = []
    for await (const chunk of b) chunks.push(chunk.byteLength)
    expect([course, chunks]).toEqual([['3 bytes'], [2, 4]])
  })

  it('tells the reader of a foreign stream its end and its close, and listens no more', async () => {
    const { stream } = ownedStream()
    const { port, course } = noting()
    attachReader(foreign(stream), port)
    stream.receiveEnd()
    await settle()
    stream.abort(new Error('enough'))
    expect(course).toEqual(['end', 'closed enough'])
    for (const type of ['message', 'remoteCloseWrite', 'close']) expect(stream.listenerCount(type)).toBe(0)
  })

  it('leaves a foreign stream nothing when there is no leftover', () => {
    const { stream } = ownedStream()
    attachReader(foreign(stream), noting().port)(new Uint8Array(0))
    expect([stream.readBufferLength, stream.listenerCount('message')]).toEqual([0, 0])
  })
})

describe('sendAll', () => {
  it.each([
    ['ours', (stream: ByteStream) => stream],
    ['another make', foreign]
  ])('sends several buffers on a stream of %s', (_, of) => {
    const { stream } = ownedStream()
    expect(sendAll(of(stream), [counting(2), counting(3)])).toBe(true)
    expect(pulled(stream)).toEqual(concat([counting(2), counting(3)]))
    expect(sendAll(of(stream), [new Uint8Array(300_000)])).toBe(false)
    expect(sendAll(of(stream), [])).toBe(false)
  })
})
