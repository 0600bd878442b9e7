import { fromUtf8 } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { YamuxResetError } from '../src/index.ts'
import { bench, data, frame, frames } from './recording-port.ts'

const open = frame(1, 1, 1, 0)
const closes = (stream: EventTarget): { error?: Error }[] => {
  const seen: { error?: Error }[] = []
  stream.addEventListener('close', event => seen.push(event as { error?: Error }))
  return seen
}

describe('opening', () => {
  it('acknowledges a stream at once', () => {
    const { say, port } = bench('server')
    expect(say('00 01 0001 00000001 00000000')).toEqual(['WindowUpdate·ACK 1 0'])
    expect(port.streams.map(s => [s.id, s.direction])).toEqual([['1', 'inbound']])
  })

  it('lets the acknowledgement ride on an answer given in the same tick', () => {
    const { say, port } = bench('server')
    port.onOpened = stream => stream.send(fromUtf8('hi'))
    expect(say(open)).toEqual(['Data·ACK 1: 6869'])
  })

  it('announces a stream before the bytes that came with it', () => {
    const { say, port } = bench('server')
    const unread: number[] = []
    port.onOpened = stream => unread.push(stream.readBufferLength)
    expect(say(frame(0, 1, 1, 5, '68656c6c6f'))).toEqual(['WindowUpdate·ACK 1 0'])
    expect([unread, port.streams[0]?.readBufferLength]).toEqual([[0], 5])
  })

  it('opens with the first bytes where there are some, else with a window update', () => {
    const { session, flush } = bench('client')
    session.openStream({}).send(fromUtf8('a'))
    session.openStream({})
    expect(flush()).toEqual(['Data·SYN 1: 61', 'WindowUpdate·SYN 3 0'])
  })

  it('gives odd ids to the client and even ids to the server', () => {
    const ids = (role: 'client' | 'server') => {
      const { session } = bench(role)
      return [session.openStream({}).id, session.openStream({}).id]
    }
    expect([ids('client'), ids('server')]).toEqual([
      ['1', '3'],
      ['2', '4']
    ])
  })

  it('says open and end in one frame for a stream without bytes', () => {
    const { session, flush } = bench('client')
    void session.openStream({}).close()
    expect(flush()).toEqual(['WindowUpdate·SYN·FIN 1 0'])
  })

  it('never mentions a stream that was aborted before it was announced', () => {
    const { session, flush } = bench('client')
    session.openStream({}).abort(new Error('changed my mind'))
    session.openStream({})
    expect(flush()).toEqual(['WindowUpdate·SYN 3 0'])
  })

  it('adds the credit that comes with an opening or an acknowledgement', () => {
    const inbound = bench('server')
    inbound.port.onOpened = stream => stream.send(new Uint8Array(262_144 + 10))
    expect(inbound.say(frame(1, 1, 1, 9)).map(f => f.length > 1)).toHaveLength(5)
    expect(inbound.port.streams[0]?.writeBufferLength).toBe(1)
    const outbound = bench('client')
    const stream = outbound.session.openStream({})
    stream.send(new Uint8Array(262_144 + 10))
    outbound.flush()
    expect(stream.writeBufferLength).toBe(10)
    outbound.say(frame(1, 2, 1, 7))
    expect(stream.writeBufferLength).toBe(3)
  })

  it('waits with a stream over the acknowledgement backlog', () => {
    const { session, say, port } = bench('client')
    for (let i = 0; i < 256; i++) session.openStream({})
    expect(session.canOpen).toBe(false)
    expect(() => session.openStream({})).toThrow(expect.objectContaining({ code: 'ack-backlog' }))
    say(frame(1, 2, 1, 0))
    expect([session.canOpen, port.openables]).toEqual([true, 1])
    say(frame(1, 2, 1, 0))
    expect(port.openables).toBe(1)
  })

  it('takes an ended stream out of the backlog', () => {
    const { session, say } = bench('client')
    const streams = Array.from({ length: 256 }, () => session.openStream({}))
    streams[0]?.abort(new Error('enough'))
    expect(session.canOpen).toBe(true)
    session.openStream({})
    say(frame(1, 8, 3, 0))
    expect(session.canOpen).toBe(true)
  })
})

describe('sending', () => {
  it('joins small sends of one stream into one frame', () => {
    const { session, flush, port } = bench('client')
    const stream = session.openStream({})
    for (const letter of 'abc') stream.send(fromUtf8(letter))
    expect(flush()).toEqual(['Data·SYN 1: 616263'])
    expect(port.writes).toBe(1)
  })

  it('cuts large sends and takes turns', () => {
    const { session, flush } = bench('client', { maxMessageSize: 2 })
    session.openStream({}).send(fromUtf8('abcd'))
    session.openStream({}).send(fromUtf8('xyz'))
    expect(flush()).toEqual(['Data·SYN 1: 6162', 'Data·SYN 3: 7879', 'Data 1: 6364', 'Data 3: 7a'])
  })

  it('stops when the connection is full and goes on where it was', () => {
    const { session, flush, port } = bench('client', { maxMessageSize: 65536 })
    const streams = Array.from({ length: 6 }, () => session.openStream({}))
    for (const stream of streams) stream.send(new Uint8Array(100_000))
    port.isFull = true
    const firstWrite = flush().map(f => f.split(':')[0])
    expect(firstWrite).toEqual(['Data·SYN 1', 'Data·SYN 3', 'Data·SYN 5', 'Data·SYN 7'])
    expect(flush().map(f => f.split(':')[0])).toEqual([
      'Data·SYN 9',
      'Data·SYN 11',
      'Data 1',
      'Data 3',
      'Data 5',
      'Data 7'
    ])
  })

  it('shares one buffer between the headers of control frames', () => {
    const { session, port, say } = bench('server')
    session.receive(new Uint8Array(0), 0)
    say(open, frame(1, 1, 3, 0), frame(1, 1, 5, 0))
    session.flush(0)
    expect(port.writes).toBe(1)
  })

  it('says the end in a frame of its own', () => {
    const { session, flush } = bench('client')
    const stream = session.openStream({})
    stream.send(fromUtf8('bye'))
    void stream.close()
    expect(flush()).toEqual(['Data·SYN 1: 627965', 'WindowUpdate·FIN 1 0'])
    expect(stream.writeStatus).toBe('closed')
  })
})

describe('ending', () => {
  it('forgets a stream when both ends have finished', async () => {
    const { session, say, port, flush } = bench('client')
    const stream = session.openStream({})
    const closed = stream.close()
    flush()
    await closed
    expect(session.table.size).toBe(1)
    say(frame(1, 4, 1, 0))
    expect([session.table.size, stream.status, port.empties]).toEqual([0, 'closed', 1])
  })

  it.each([
    ['on a window update', frame(1, 4, 1, 0)],
    ['on an empty data frame', frame(0, 4, 1, 0)],
    ['on the last bytes', frame(0, 4, 1, 2, '6869')]
  ])('takes the end %s', (_, fin) => {
    const { say, port } = bench('server')
    say(open, fin)
    const [stream] = port.streams
    expect([stream?.remoteWriteStatus, stream?.status]).toEqual(['closed', 'open'])
    expect(stream?.readBufferLength).toBe(fin.length > 24 ? 2 : 0)
  })

  it.each([
    ['window update', frame(1, 8, 1, 0), 0],
    ['window update with a code', frame(1, 8, 1, 0x1234), 0x1234],
    ['data frame', frame(0, 8, 1, 0), 0],
    ['data frame with a body', frame(0, 8, 1, 3, '616263'), 0]
  ])('takes a reset by a %s', (_, reset, remoteCode) => {
    const { say, port, session } = bench('server')
    say(open)
    const seen = closes(port.streams[0] as EventTarget)
    expect(say(reset, frame(2, 1, 0, 7))).toEqual(['Ping·ACK 0 7'])
    expect(seen[0]?.error).toBeInstanceOf(YamuxResetError)
    expect(seen[0]?.error).toMatchObject({ name: 'StreamResetError', code: 'reset', remoteCode })
    expect(session.table.size).toBe(0)
  })

  it.each([
    [new Error('plain'), 0],
    [Object.assign(new Error('coded'), { resetCode: 77 }), 77],
    [Object.assign(new Error('nonsense'), { resetCode: -1 }), 0]
  ])('resets with the code of the error: %s', (err, code) => {
    const { say, port, flush } = bench('server')
    say(open)
    port.streams[0]?.abort(err)
    expect(flush()).toEqual([`WindowUpdate·RST 1 ${code}`])
  })

  it('drops what still arrives after our reset', () => {
    const { say, port } = bench('server')
    say(open)
    port.streams[0]?.abort(new Error('enough'))
    say()
    expect(say(data(1, 1000), frame(1, 0, 1, 5), frame(1, 4, 1, 0), frame(1, 8, 1, 0))).toEqual([])
    expect(port.failures).toEqual([])
  })

  it('drops the rest of a frame whose stream was aborted by its reader', () => {
    const { say, port, session } = bench('server')
    say(open)
    const [stream] = port.streams
    stream?.addEventListener('message', () => stream.abort(new Error('seen enough')))
    const body = data(1, 100)
    stream?.attach({ receive: () => stream.abort(new Error('seen enough')), end() {}, closed() {} })
    expect(say(body.slice(0, 40), body.slice(40), frame(2, 1, 0, 1))).toEqual(['WindowUpdate·RST 1 0', 'Ping·ACK 0 1'])
    expect(session.table.size).toBe(0)
  })
})

describe('unknown streams', () => {
  it.each([
    ['data', data(9, 70)],
    ['data of our side', data(8, 70)],
    ['end', frame(0, 4, 9, 0)],
    ['credit', frame(1, 0, 9, 5)],
    ['acknowledgement', frame(1, 2, 8, 5)],
    ['reset', frame(1, 8, 9, 0)],
    ['reset with a body', frame(0, 8, 9, 4, '61616161')],
    ['opening and reset in one', frame(0, 9, 9, 4, '61616161')]
  ])('%s is dropped without complaint', (_, hex) => {
    const { say, port } = bench('server')
    expect(say(hex, frame(2, 1, 0, 3))).toEqual(['Ping·ACK 0 3'])
    expect([port.failures, port.streams]).toEqual([[], []])
  })
})

describe('session frames', () => {
  it('answers pings with what they carried', () => {
    const { say } = bench('client')
    expect(say(frame(2, 1, 0, 1), frame(2, 1, 0, 0xffffffff))).toEqual(['Ping·ACK 0 1', 'Ping·ACK 0 4294967295'])
  })

  it('opens no stream after the remote said goodbye, and lets the others finish', () => {
    const { session, say, port, flush } = bench('client')
    const stream = session.openStream({})
    flush()
    say(frame(3, 0, 0, 0))
    expect(() => session.openStream({})).toThrow(expect.objectContaining({ code: 'muxer-closed' }))
    stream.send(fromUtf8('still'))
    expect(flush()).toEqual(['Data 1: 7374696c6c'])
    expect(port.failures).toEqual([])
  })

  it.each([
    [0, 'in good order'],
    [1, 'for a protocol error'],
    [2, 'for an internal error'],
    [4096, 'with code 4096']
  ])('keeps goodbye %d as the reason for what comes after', (code, words) => {
    const { session, say } = bench('client')
    const seen = closes(session.openStream({}))
    say(frame(3, 0, 0, code))
    session.lost(new Error('socket closed'))
    expect(seen[0]?.error?.cause).toMatchObject({ code: 'remote-go-away', message: expect.stringContaining(words) })
  })

  it('asks for a round trip, once at a time, and beside the keepalive', () => {
    const { session, say, flush, port } = bench('client', { keepAliveInterval: 1000, keepAliveTimeout: 1000 })
    session.keepAlive(0)
    session.probe()
    session.probe()
    expect(flush()).toEqual(['Ping·SYN 0 1', 'Ping·SYN 0 0'])
    session.probe()
    expect(flush()).toEqual([])
    say(frame(2, 2, 0, 1))
    expect(port.answers).toBe(0)
    say(frame(2, 2, 0, 0))
    expect([port.answers, port.failures]).toEqual([1, []])
    say(frame(2, 2, 0, 0))
    expect(port.failures).toMatchObject([{ code: 'unexpected-pong' }])
  })

  it('says goodbye in good order', () => {
    const { session, flush } = bench('client')
    session.refuse()
    session.goAway()
    expect(flush()).toEqual(['GoAway 0 0'])
    expect(flush()).toEqual([])
    expect(() => session.openStream({})).toThrow(expect.objectContaining({ name: 'MuxerClosedError' }))
  })

  it('rejects streams while it closes', () => {
    const { session, say, port } = bench('server')
    session.refuse()
    expect(say(open, data(1, 10))).toEqual(['WindowUpdate·RST 1 0'])
    expect([port.streams, port.counts]).toEqual([[], { rejected: 1 }])
  })

  it('writes nothing more when it is aborted in the middle of writing', () => {
    const { session, port } = bench('client')
    const stream = session.openStream({})
    stream.send(new Uint8Array(256 * 1024))
    stream.addEventListener('drain', () => session.abort(new Error('enough')))
    session.flush(0)
    expect(frames(port.take())).toEqual(['GoAway 0 2'])
  })

  it('tells the remote and every stream when it is aborted', () => {
    const { session, port } = bench('client')
    const stream = session.openStream({})
    const err = new Error('enough')
    const seen = closes(stream)
    session.abort(err)
    expect(frames(port.take())).toEqual(['GoAway 0 2'])
    expect([stream.status, seen[0]?.error]).toEqual(['aborted', err])
    session.receive(new Uint8Array(100), 0)
    session.flush(0)
    expect(port.take()).toHaveLength(0)
  })
})
