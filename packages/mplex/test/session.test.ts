import { encodeVarint, fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import type { ByteStream } from '@ts-libp2p/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prefixLength, splitHeader, writePrefix } from '../src/frame.ts'
import { bench, frames } from './recording-port.ts'
import vectors from './vectors/frames.json' with { type: 'json' }

const KIB = 1024
const frame = (id: number, flag: number, body = ''): string =>
  toHex(encodeVarint(id * 8 + flag)) + toHex(encodeVarint(body.length / 2)) + body
const zeros = (bytes: number): string => '00'.repeat(bytes)

describe('frames', () => {
  it.each(vectors.cases)('$name', ({ hex, id, flag, body }) => {
    const bodyBytes = body.length / 2
    const prefix = new Uint8Array(prefixLength(id, flag, bodyBytes))
    expect(writePrefix(prefix, 0, id, flag, bodyBytes)).toBe(prefix.length)
    expect(toHex(prefix) + body).toBe(hex)
    expect(splitHeader(id * 8 + flag)).toEqual({ id, flag })
  })
})

describe('opening', () => {
  it('announces a stream, whatever its name', () => {
    const { say, port } = bench()
    expect(say('00 01 30', frame(7, 0, toHex(fromUtf8('a name'))), frame(9, 0))).toEqual([])
    expect(port.streams.map(s => [s.id, s.direction])).toEqual([
      ['remote-0', 'inbound'],
      ['remote-7', 'inbound'],
      ['remote-9', 'inbound']
    ])
  })

  it('says its id as its name, and sends first bytes in the same write', () => {
    const { session, flush } = bench()
    session.openStream({}).send(fromUtf8('hi'))
    session.openStream({})
    expect(flush()).toEqual(['new 0: 30', 'message by opener 0: 6869', 'new 1: 31'])
  })

  it('tells streams of one id apart by who opened them', () => {
    const { session, say, port } = bench()
    const ours = session.openStream({})
    expect(say(frame(0, 0, '30'), frame(0, 2, '61'), frame(0, 1, '6262'))).toEqual(['new 0: 30'])
    expect([ours.readBufferLength, port.streams[0]?.readBufferLength]).toEqual([2, 1])
    ours.send(fromUtf8('x'))
    port.streams[0]?.send(fromUtf8('y'))
    expect(say()).toEqual(['message by opener 0: 78', 'message by other 0: 79'])
  })

  it('never mentions a stream that was aborted before it was announced', () => {
    const { session, flush } = bench()
    session.openStream({}).abort(new Error('changed my mind'))
    expect(flush()).toEqual([])
  })

  it('takes ids of 50 bits', () => {
    const { say, port } = bench()
    const id = 2 ** 50 - 1
    port.onOpened = stream => stream.send(fromUtf8('a'))
    expect(say(frame(id, 0))).toEqual([`message by other ${id}: 61`])
  })
})

describe('sending', () => {
  it('cuts large sends, takes turns, and joins small ones', () => {
    const { session, flush } = bench({ maxMessageSize: 2 })
    const [first, second] = [session.openStream({}), session.openStream({})]
    for (const letter of 'abcd') first.send(fromUtf8(letter))
    second.send(fromUtf8('xyz'))
    expect(flush().filter(f => f.startsWith('message'))).toEqual([
      'message by opener 0: 6162',
      'message by opener 1: 7879',
      'message by opener 0: 6364',
      'message by opener 1: 7a'
    ])
  })

  it('stops when the connection is full and goes on where it was', () => {
    const { session, flush, port } = bench()
    const streams = Array.from({ length: 6 }, () => session.openStream({}))
    for (const stream of streams) stream.send(new Uint8Array(100_000))
    port.isFull = true
    const ids = () =>
      flush()
        .filter(f => f.startsWith('message'))
        .map(f => f.slice(18, 19))
    expect([ids(), ids(), ids()]).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5', '0', '1', '2', '3'],
      ['4', '5']
    ])
  })
})

describe('ending', () => {
  it('half-closes, then forgets', async () => {
    const { session, flush, say } = bench()
    const stream = session.openStream({})
    stream.send(fromUtf8('bye'))
    const closed = stream.close()
    expect(flush()).toEqual(['new 0: 30', 'message by opener 0: 627965', 'close by opener 0: '])
    await closed
    say(frame(0, 1, '6f6b'), frame(0, 3))
    expect([stream.status, stream.readBufferLength, session.table.size]).toEqual(['closed', 2, 0])
  })

  it.each([
    ['inbound', 'reset by other 4: '],
    ['outbound', 'reset by opener 0: ']
  ])('resets an %s stream that we give up', (direction, reset) => {
    const { session, say, port, flush } = bench()
    const ours = session.openStream({})
    say(frame(4, 0))
    const stream = direction === 'inbound' ? port.streams[0] : ours
    stream?.abort(new Error('enough'))
    expect(flush()).toEqual([reset])
    expect(session.table.size).toBe(1)
  })

  it('takes a reset', () => {
    const { session, say, port } = bench()
    const ours = session.openStream({})
    say(frame(4, 0), frame(4, 6), frame(0, 5))
    expect([ours.status, port.streams[0]?.status, session.table.size]).toEqual(['reset', 'reset', 0])
    expect(port.counts).toEqual({ outbound: 1, inbound: 1, reset: 2 })
  })

  it.each([
    ['message of theirs', frame(5, 2, zeros(300))],
    ['message of ours', frame(5, 1, zeros(300))],
    ['close', frame(5, 4)],
    ['close with a body', frame(5, 3, zeros(9))],
    ['reset', frame(5, 5)]
  ])('drops what is for unknown streams: %s', (_, hex) => {
    const { say, port } = bench()
    say(hex, frame(0, 0))
    expect([port.failures, port.streams.length]).toEqual([[], 1])
  })

  it('drops bytes after the end', () => {
    const { say, port } = bench({ maxUnreadBytes: 10 })
    say(frame(0, 0), frame(0, 4), frame(0, 2, zeros(10)), frame(1, 0), frame(1, 2, zeros(10)))
    expect(port.streams.map(s => [s.status, s.readBufferLength])).toEqual([
      ['open', 0],
      ['open', 10]
    ])
  })

  it('resets every stream when the connection is lost, with the reason', () => {
    const { session } = bench()
    const stream = session.openStream({})
    let error: Error | undefined
    stream.addEventListener('close', event => {
      error = event.error
    })
    session.lost(new Error('cable cut'))
    expect(error).toMatchObject({ name: 'StreamResetError', cause: { message: 'cable cut' } })
  })
})

describe('a peer that breaks the protocol', () => {
  it.each([
    ['flag 7', 'bad-flag', '0700'],
    ['a body over 1 MiB', 'frame-too-large', `02${toHex(encodeVarint(1024 * KIB + 1))}`],
    ['a body over 1 MiB for nobody', 'frame-too-large', '0affffffff0f'],
    ['a name over 1 MiB', 'frame-too-large', `00${toHex(encodeVarint(1024 * KIB + 1))}`],
    ['a header that never ends', 'bad-varint', 'ffffffffffffffffff'],
    ['a header that is longer than it need be', 'bad-varint', '8000'],
    ['a length that is longer than it need be', 'bad-varint', '028100'],
    ['a header over 2^53', 'bad-varint', 'ffffffffffffff7f'],
    ['opening a stream twice', 'duplicate-stream', frame(3, 0) + frame(3, 0)]
  ])('%s: %s', (_, code, hex) => {
    const { session, port } = bench()
    session.receive(fromHex(hex), 0)
    session.receive(fromHex(frame(0, 0)), 0)
    expect(port.failures).toEqual([expect.objectContaining({ name: 'MplexError', code })])
    for (const stream of port.streams) expect(stream.status).toBe('reset')
  })

  it('may send a body of exactly 1 MiB', () => {
    const { say, port } = bench()
    say(frame(0, 0), frame(0, 2, zeros(1024 * KIB)))
    expect(port.streams[0]?.readBufferLength).toBe(1024 * KIB)
  })
})

describe('a peer that asks too much', () => {
  it('has streams over the limit reset', () => {
    const { say, port } = bench({ maxInboundStreams: 1 })
    expect(say(frame(0, 0), frame(1, 0), frame(1, 2, '61'))).toEqual(['reset by other 1: '])
    expect([port.streams.length, port.counts.rejected]).toEqual([1, 1])
  })

  it('has a stream reset that nobody wants', () => {
    const { say, port } = bench()
    port.acceptsStreams = false
    expect(say(frame(0, 0))).toEqual(['reset by other 0: '])
  })

  it('cannot be asked for more streams than we allow ourselves', () => {
    const { session } = bench({ maxOutboundStreams: 1 })
    session.openStream({})
    expect(() => session.openStream({})).toThrow(
      expect.objectContaining({ name: 'MplexError', code: 'too-many-streams' })
    )
  })

  it('loses the stream whose reader is too slow, and only that', () => {
    const { say, port } = bench({ streamOptions: { maxReadBufferLength: 10 } })
    say(frame(0, 0), frame(1, 0), frame(0, 2, zeros(10)), frame(1, 2, zeros(10)))
    expect(say(frame(0, 2, '00'))).toEqual(['reset by other 0: '])
    expect(port.streams.map(s => [s.status, s.readBufferLength])).toEqual([
      ['aborted', 0],
      ['open', 10]
    ])
  })

  it('loses the stream that fills the memory of the connection', async () => {
    const { session, say, port } = bench({ maxUnreadBytes: 25 })
    say(frame(0, 0), frame(1, 0), frame(2, 0), frame(0, 2, zeros(10)), frame(1, 2, zeros(10)))
    expect(say(frame(2, 2, zeros(10)))).toEqual(['reset by other 2: '])
    await (port.streams[0] as ByteStream)[Symbol.asyncIterator]().next()
    say(frame(3, 0), frame(3, 2, zeros(10)))
    expect(port.streams.map(s => s.status)).toEqual(['open', 'open', 'aborted', 'open'])
    say(frame(1, 6), frame(3, 2, zeros(15)))
    expect([port.streams[3]?.status, session.table.size]).toEqual(['open', 2])
  })

  it('is hung up on when it opens and resets in a flood', () => {
    const { session, port } = bench()
    let opened = 0
    for (; port.failures.length === 0; opened++) session.receive(fromHex(frame(opened, 0) + frame(opened, 6)), 0)
    expect([port.failures[0]?.code, opened]).toEqual(['too-much-churn', 2049])
  })

  it('is hung up on when it collects resets and does not read them', () => {
    const { session, port } = bench({ maxInboundStreams: 0, maxOutboundStreams: 0 })
    for (let id = 0; port.failures.length === 0; id++) session.receive(fromHex(frame(id, 0)), 0)
    expect([port.failures[0]?.code, port.counts.rejected]).toEqual(['control-overflow', 513])
  })
})

describe('any chunking', () => {
  const transcript = [
    frame(0, 0, '30'),
    frame(0, 2, zeros(5)),
    frame(300, 0, toHex(fromUtf8('long name'))),
    frame(300, 2, zeros(200)),
    frame(77, 2, zeros(20)),
    frame(0, 4),
    frame(300, 6),
    frame(0, 1, zeros(3))
  ].join('')

  const run = (chunks: Uint8Array[]) => {
    const { session, port } = bench()
    const ours = session.openStream({})
    for (const chunk of chunks) session.receive(chunk, 0)
    return {
      streams: [ours, ...port.streams].map(s => [s.id, s.status, s.readBufferLength, s.remoteWriteStatus]),
      failures: port.failures
    }
  }

  it('hears the same', () => {
    const whole = run([fromHex(transcript)])
    expect(whole.streams).toEqual([
      ['local-0', 'open', 3, 'writable'],
      ['remote-0', 'open', 5, 'closed'],
      ['remote-300', 'reset', 200, 'closed']
    ])
    fc.assert(
      fc.property(fc.array(fc.nat({ max: transcript.length / 2 })), cuts => {
        const at = [...cuts].sort((a, b) => a - b)
        const bytes = fromHex(transcript)
        expect(run([...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end)))).toEqual(whole)
      })
    )
  })

  it('never throws at random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), chunks => {
        const { session, port } = bench()
        for (const chunk of chunks) session.receive(chunk, 0)
        session.flush(0)
        expect(frames(new Uint8Array(0)).length + port.failures.length).toBeLessThanOrEqual(1)
      })
    )
  })
})
