import { bytesEqual, fromHex, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { InvalidParametersError, type MessageStream, type Metrics } from '@ts-libp2p/interface'
import { type ByteStream, MAX_WAITING_OPENERS, StreamReader } from '@ts-libp2p/stream'
import { collect, foreignStream, settle, streamPair, VirtualClock } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { YAMUX_PROTOCOL, type YamuxOptions, yamux } from '../src/index.ts'
import { closed, echo, factory, muxerPair, nextStream } from './muxer-pair.ts'
import { data, frame, frames } from './recording-port.ts'

describe('streams', () => {
  it('carry bytes both ways and end in good order', async () => {
    const { client, server } = muxerPair()
    echo(server)
    const stream = await client.createStream()
    stream.send(fromUtf8('hello'))
    const closes = closed(stream)
    await stream.close()
    expect(toUtf8(await collect(stream))).toBe('hello')
    expect(await closes).toBeUndefined()
    await settle()
    expect([client.streams, server.streams]).toEqual([[], []])
  })

  it('are listed and know their side', async () => {
    const { client, server } = muxerPair()
    const stream = client.openStream()
    const far = await nextStream(server)
    expect([client.streams, server.streams]).toEqual([[stream], [far]])
    expect([stream.id, stream.direction, far.id, far.direction]).toEqual(['1', 'outbound', '1', 'inbound'])
    expect([client.protocol, factory().protocol]).toEqual([YAMUX_PROTOCOL, '/yamux/1.0.0'])
  })

  it('are reset for the remote when one side gives up', async () => {
    const { client, server } = muxerPair()
    const stream = client.openStream()
    const far = await nextStream(server)
    const error = closed(far)
    stream.abort(Object.assign(new Error('enough'), { resetCode: 9 }))
    expect(await error).toMatchObject({ name: 'StreamResetError', remoteCode: 9 })
    expect([far.status, server.streams]).toEqual(['reset', []])
  })

  it('that nobody listens for wait, in order, up to the limit', async () => {
    const { client, server } = muxerPair({ maxEarlyStreams: 2 })
    const streams = [1, 2, 3].map(n => {
      const stream = client.openStream()
      stream.send(Uint8Array.of(n))
      return stream
    })
    await settle()
    expect(streams.map(s => s.status)).toEqual(['open', 'open', 'reset'])
    const seen: string[] = []
    server.addEventListener('stream', event => seen.push(event.detail.id))
    client.openStream()
    await settle()
    expect(seen).toEqual(['1', '3', '7'])
  })

  it('that wait are announced before those that come later', async () => {
    const [, end] = streamPair()
    const server = factory().createStreamMuxer(end)
    end.receive(fromHex(frame(1, 1, 1, 0)))
    const seen: string[] = []
    server.addEventListener('stream', event => seen.push(event.detail.id))
    end.receive(fromHex(frame(1, 1, 3, 0)))
    await settle()
    expect(seen).toEqual(['1', '3'])
  })

  it('that ended before anybody listened are forgotten', async () => {
    const { client, server } = muxerPair({ maxEarlyStreams: 1 })
    const first = client.openStream()
    await settle()
    first.abort(new Error('too slow'))
    client.openStream()
    await settle()
    expect((await nextStream(server)).id).toBe('3')
  })

  it('lose their listener only when it throws', async () => {
    const { client, server } = muxerPair()
    server.addEventListener('stream', event => {
      if (event.detail.id === '1') throw new Error('handler broke')
    })
    const [bad, good] = [client.openStream(), client.openStream()]
    await settle()
    expect([bad.status, good.status, server.status]).toEqual(['reset', 'open', 'open'])
  })

  it('take their options', async () => {
    const { client, clock } = muxerPair({ streamOptions: { inactivityTimeout: 5000, maxWriteBufferLength: 10 } })
    const own = await client.createStream({ inactivityTimeout: 1000, maxReadBufferLength: 300_000 })
    const common = await client.createStream()
    await clock.advance(1000)
    expect([own.status, common.status]).toEqual(['aborted', 'open'])
    await clock.advance(4000)
    expect([common.status, common.maxWriteBufferLength]).toEqual(['aborted', 10])
  })

  it('live in the time of the connection, where it is given no other', async () => {
    const clock = new VirtualClock()
    const [end] = streamPair({ clock })
    const stream = await yamux()().createStreamMuxer(end).createStream({ inactivityTimeout: 1000 })
    await clock.advance(1000)
    expect(stream.status).toBe('aborted')
  })
})

describe('opening', () => {
  it('waits for the remote to acknowledge earlier streams', async () => {
    const [end, raw] = streamPair()
    const client = factory().createStreamMuxer(end)
    for (let i = 0; i < 256; i++) client.openStream()
    const waiting = [client.createStream(), client.createStream()]
    await settle()
    expect(client.streams).toHaveLength(256)
    raw.send(fromHex(frame(1, 2, 1, 0)))
    expect((await waiting[0])?.id).toBe('513')
    expect(client.streams).toHaveLength(257)
    raw.send(fromHex(frame(1, 2, 3, 0)))
    expect((await waiting[1])?.id).toBe('515')
  })

  it('stops waiting when the caller has had enough', async () => {
    const [end, raw] = streamPair()
    const client = factory().createStreamMuxer(end)
    for (let i = 0; i < 256; i++) client.openStream()
    const controller = new AbortController()
    const waiting = client.createStream({ signal: controller.signal })
    const reason = new Error('too slow')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(client.createStream({ signal: controller.signal })).rejects.toBe(reason)
    raw.send(fromHex(frame(1, 2, 1, 0)))
    await settle()
    expect(client.streams).toHaveLength(256)
  })

  it.each([
    ['the remote says goodbye', (raw: ByteStream) => raw.send(fromHex(frame(3, 0, 0, 0)))],
    ['the connection is lost', (raw: ByteStream) => raw.abort(new Error('cable cut'))]
  ])('stops waiting when %s', async (_, happen) => {
    const [end, raw] = streamPair()
    const client = factory().createStreamMuxer(end)
    for (let i = 0; i < 256; i++) client.openStream()
    const waiting = client.createStream()
    happen(raw)
    await expect(waiting).rejects.toMatchObject({ name: 'MuxerClosedError' })
  })

  it('lets only so many callers wait', async () => {
    const client = factory().createStreamMuxer(streamPair()[0])
    for (let i = 0; i < 256; i++) client.openStream()
    const waiting = Array.from({ length: MAX_WAITING_OPENERS }, () => client.createStream())
    for (const promise of waiting) promise.catch(() => {})
    await expect(client.createStream()).rejects.toMatchObject({
      message: expect.stringContaining(`${MAX_WAITING_OPENERS} callers`)
    })
    client.abort(new Error('done'))
    await expect(waiting.at(-1)).rejects.toMatchObject({ code: 'muxer-closed' })
  })

  it('has a limit of its own', () => {
    const { client } = muxerPair({ maxOutboundStreams: 2 })
    client.openStream()
    const second = client.openStream()
    expect(() => client.openStream()).toThrow(expect.objectContaining({ code: 'too-many-streams' }))
    second.abort(new Error('make room'))
    expect(client.openStream().id).toBe('5')
  })
})

describe('close', () => {
  /** More than a stream may send before its remote reads. */
  const tooMuch = new Uint8Array(300_000)

  /** A client whose remote is the test. */
  function rawRemote() {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    return { clock, end, raw, client: factory({}, clock).createStreamMuxer(end), reader: new StreamReader(raw) }
  }

  it('lets what was sent leave, says goodbye last, and closes the connection', async () => {
    const { client, server, ends, clock } = muxerPair()
    const stream = client.openStream()
    stream.send(new Uint8Array(1_000_000))
    const all = collect(await nextStream(server))
    await client.close()
    expect((await all).byteLength).toBe(1_000_000)
    await settle()
    expect([client.status, server.status, clock.pendingTimers]).toEqual(['closed', 'closed', 0])
    expect(ends.map(end => end.status)).toEqual(['closed', 'closed'])
  })

  it('waits for no stream that the remote keeps open, nor for any timer, and both sides learn why it ended', async () => {
    const { client, server, ends, clock } = muxerPair()
    const overs: unknown[] = []
    for (const muxer of [client, server]) muxer.addEventListener('close', ({ error }) => overs.push(error))
    const [ours, theirs] = [client.openStream(), server.openStream()]
    const streams = [ours, await nextStream(client), theirs, await nextStream(server)]
    const errors = Promise.all(streams.map(closed))
    const before = clock.now()
    await client.close()
    const [ourError, ourOther, theirError, theirOther] = await errors
    for (const error of [ourError, ourOther]) {
      expect(error).toMatchObject({ name: 'StreamResetError', cause: { message: 'we closed the connection' } })
    }
    for (const error of [theirError, theirOther]) {
      expect(error).toMatchObject({ name: 'StreamResetError', message: 'the connection has ended' })
      expect(error?.cause).toMatchObject({ message: 'the remote ended the session in good order' })
    }
    await settle()
    expect([overs, clock.now() - before, clock.pendingTimers]).toEqual([[undefined, undefined], 0, 0])
    expect(ends.map(end => end.status)).toEqual(['closed', 'closed'])
  })

  it('gives the remote a round trip to answer what was sent', async () => {
    const { client, server } = muxerPair()
    echo(server)
    const stream = client.openStream()
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251)
    stream.send(bytes)
    await client.close()
    expect(bytesEqual(await collect(stream), bytes)).toBe(true)
    expect(stream.status).toBe('closed')
  })

  it('takes what the remote sends until it ends its side, and writes nothing behind the goodbye', async () => {
    const { client, end, raw, reader } = rawRemote()
    const stream = client.openStream()
    const closing = client.close()
    expect(frames(await reader.read(24))).toEqual(['WindowUpdate·SYN·FIN 1 0', 'Ping·SYN 0 0'])
    raw.send(fromHex(frame(2, 2, 0, 0)))
    expect(frames(await reader.readToEnd())).toEqual(['GoAway 0 0'])
    raw.send(fromHex(frame(2, 1, 0, 9) + frame(1, 1, 2, 0) + data(1, 3, 4)))
    await raw.close()
    await closing
    expect([(await collect(stream)).byteLength, stream.status, end.status]).toEqual([3, 'closed', 'closed'])
    expect(await reader.readSome()).toBeUndefined()
  })

  it('waits 5 seconds for an answer', async () => {
    const { client, clock, raw, reader } = rawRemote()
    client.openStream()
    const closing = client.close()
    expect(frames(await reader.read(24)).at(-1)).toBe('Ping·SYN 0 0')
    await clock.advance(4999)
    expect(reader.release().readBufferLength).toBe(0)
    await clock.advance(1)
    expect(frames(await collect(raw))).toEqual(['GoAway 0 0'])
    await raw.close()
    await closing
    expect(client.status).toBe('closed')
  })

  it('waits 5 seconds for the remote to end its side', async () => {
    const { client, clock, reader } = rawRemote()
    const closing = client.close()
    expect(frames(await reader.readToEnd())).toEqual(['GoAway 0 0'])
    await clock.advance(4999)
    expect(client.status).toBe('closing')
    await clock.advance(1)
    await closing
    expect([client.status, clock.pendingTimers]).toEqual(['closed', 0])
  })

  it('takes no streams meanwhile', async () => {
    const { client, server } = muxerPair()
    const stream = client.openStream()
    stream.send(tooMuch)
    const far = await nextStream(server)
    const closing = client.close()
    expect(client.status).toBe('closing')
    await expect(client.createStream()).rejects.toMatchObject({ name: 'MuxerClosedError' })
    const late = server.openStream()
    await settle()
    expect([late.status, stream.writeStatus, far.status]).toEqual(['reset', 'closing', 'open'])
    expect((await collect(far)).byteLength).toBe(tooMuch.byteLength)
    await closing
    expect(client.status).toBe('closed')
  })

  it('resets what has not left after 5 seconds', async () => {
    const { client, server, clock } = muxerPair()
    const stream = client.openStream()
    stream.send(tooMuch)
    const far = await nextStream(server)
    const idle = client.openStream()
    const closing = client.close()
    await clock.advance(4999)
    expect([far.status, idle.writeStatus]).toEqual(['open', 'closed'])
    await clock.advance(1)
    await closing
    await settle()
    expect([stream.status, idle.status, far.status, server.status]).toEqual(['aborted', 'reset', 'reset', 'closed'])
  })

  it('is over when its signal says so', async () => {
    const { client, server, ends } = muxerPair()
    client.openStream().send(tooMuch)
    await nextStream(server)
    const controller = new AbortController()
    const closing = client.close({ signal: controller.signal })
    const reason = new Error('no time')
    await settle()
    controller.abort(reason)
    await expect(closing).rejects.toBe(reason)
    expect([client.status, ends[0].status]).toEqual(['closed', 'aborted'])
    await client.close()
  })

  it('is over when its signal says so while the remote does not end its side', async () => {
    const { client, end, reader } = rawRemote()
    const controller = new AbortController()
    const closing = client.close({ signal: controller.signal })
    await reader.readToEnd()
    const reason = new Error('no time')
    controller.abort(reason)
    await expect(closing).rejects.toBe(reason)
    expect([client.status, end.status]).toEqual(['closed', 'aborted'])
  })

  it('is done when the connection is lost meanwhile', async () => {
    const { client, server, ends } = muxerPair()
    const stream = client.openStream()
    stream.send(tooMuch)
    await nextStream(server)
    const closing = client.close()
    ends[1].abort(new Error('cable cut'))
    await closing
    expect([client.status, stream.status]).toEqual(['closed', 'reset'])
  })

  it('may be called twice', async () => {
    const { client, server } = muxerPair()
    await Promise.all([client.close(), client.close(), server.close()])
    expect([client.status, server.status]).toEqual(['closed', 'closed'])
  })
})

describe('the other ends', () => {
  it('abort ends every stream and the connection at once', async () => {
    const { client, server, ends } = muxerPair()
    const stream = client.openStream()
    const far = await nextStream(server)
    const lost = closed(far)
    const err = new Error('enough')
    client.abort(err)
    client.abort(new Error('again'))
    expect([client.status, stream.status, ends[0].status]).toEqual(['closed', 'aborted', 'aborted'])
    expect(await lost).toMatchObject({ name: 'StreamResetError', cause: { name: 'StreamResetError' } })
    expect(server.status).toBe('closed')
    expect(() => client.openStream()).toThrow(expect.objectContaining({ code: 'muxer-closed' }))
  })

  it('a connection that the remote closes resets the streams and is closed too', async () => {
    const { client, server, ends } = muxerPair()
    const stream = client.openStream()
    await nextStream(server)
    const lost = closed(stream)
    await ends[1].close()
    expect(await lost).toMatchObject({ name: 'StreamResetError', cause: { name: 'ConnectionClosedError' } })
    await settle()
    expect([client.status, server.status, ends[0].status]).toEqual(['closed', 'closed', 'closed'])
  })

  it('a connection that is lost costs the answers that had arrived neither bytes nor their end', async () => {
    const { client, server, ends } = muxerPair()
    echo(server)
    const [whole, cut] = [client.openStream(), client.openStream()]
    for (const stream of [whole, cut]) stream.send(fromUtf8('hello'))
    await whole.close()
    await settle()
    ends[0].receiveReset(new Error('cable cut'))
    expect(toUtf8(await collect(whole))).toBe('hello')
    const left = cut[Symbol.asyncIterator]()
    expect(toUtf8((await left.next()).value)).toBe('hello')
    await expect(left.next()).rejects.toMatchObject({ name: 'StreamResetError', cause: { message: 'cable cut' } })
  })

  it('a connection that refuses to be written to is lost', async () => {
    const { client, ends } = muxerPair()
    const stream = client.openStream()
    ends[0].close().catch(() => {})
    await settle()
    expect([client.status, stream.status]).toEqual(['closed', 'reset'])
  })

  it('a peer that breaks the protocol is told, then cut off', async () => {
    const [end, raw] = streamPair()
    const server = factory().createStreamMuxer(end)
    const heard = collect(raw).catch(() => new Uint8Array(0))
    raw.send(fromHex(`0400${frame(0, 0, 0, 0).slice(4)}`))
    expect(frames(await heard)).toEqual(['GoAway 0 1'])
    await settle()
    expect([server.status, end.status]).toEqual(['closed', 'aborted'])
  })

  it('a peer that breaks the protocol and does not read is cut off all the same', async () => {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    const server = factory({}, clock).createStreamMuxer(end)
    raw.pause()
    const stream = server.openStream()
    stream.send(new Uint8Array(200_000))
    server.openStream().send(new Uint8Array(200_000))
    server.openStream().send(new Uint8Array(200_000))
    await settle()
    raw.send(fromHex(frame(2, 2, 0, 1)))
    await settle()
    expect([server.status, end.writeStatus]).toEqual(['closed', 'closing'])
    await clock.advance(1000)
    expect(end.status).toBe('aborted')
  })
})

describe('keepalive', () => {
  const INTERVAL = { keepAliveInterval: 30_000, keepAliveTimeout: 10_000 }

  it('pings at the start and every 30 seconds, and knows the round trip', async () => {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    const muxer = yamux()({ clock }).createStreamMuxer(end)
    const heard: string[] = []
    raw.addEventListener('message', event => heard.push(...frames(event.data as Uint8Array)))
    await clock.advance(0)
    expect([heard, muxer.rtt]).toEqual([['Ping·SYN 0 1'], undefined])
    await clock.advance(80)
    raw.send(fromHex(frame(2, 2, 0, 1)))
    await clock.advance(29_919)
    expect([heard.length, muxer.rtt]).toEqual([1, 80])
    await clock.advance(1)
    expect(heard).toEqual(['Ping·SYN 0 1', 'Ping·SYN 0 2'])
    await clock.advance(40)
    raw.send(fromHex(frame(2, 2, 0, 2)))
    await clock.advance(0)
    expect(muxer.rtt).toBe(60)
  })

  it('hangs up on a silent peer', async () => {
    const clock = new VirtualClock()
    const [end] = streamPair({ clock })
    const muxer = factory(INTERVAL, clock).createStreamMuxer(end)
    const lost = closed(muxer.openStream())
    await clock.advance(9_999)
    expect(muxer.status).toBe('open')
    await clock.advance(1)
    expect(await lost).toMatchObject({ cause: { name: 'YamuxError', code: 'keepalive-timeout' } })
    expect([muxer.status, end.status, clock.pendingTimers]).toEqual(['closed', 'aborted', 0])
  })

  it('takes any bytes for a sign of life', async () => {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    const muxer = factory(INTERVAL, clock).createStreamMuxer(end)
    for (let i = 0; i < 5; i++) {
      await clock.advance(9_000)
      raw.send(fromHex(frame(2, 1, 0, i)))
    }
    await clock.advance(9_999)
    expect(muxer.status).toBe('open')
    await clock.advance(1)
    expect(muxer.status).toBe('closed')
  })

  it('runs for days between two that answer, and leaves no timer behind', async () => {
    const clock = new VirtualClock()
    const ends = streamPair({ clock })
    const [client, server] = ends.map(end => factory(INTERVAL, clock).createStreamMuxer(end))
    await clock.advance(3_600_000)
    expect([client?.status, server?.status]).toEqual(['open', 'open'])
    await client?.close()
    await settle()
    expect(clock.pendingTimers).toBe(0)
  })

  it('can be switched off', async () => {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    const muxer = factory({ keepAliveInterval: 0 }, clock).createStreamMuxer(end)
    await clock.advance(100_000)
    expect([raw.readBufferLength, muxer.rtt, clock.pendingTimers]).toEqual([0, undefined, 0])
  })
})

describe('options', () => {
  it.each<[keyof YamuxOptions, number]>([
    ['maxMessageSize', 0],
    ['maxMessageSize', 2 ** 20 + 1],
    ['maxInboundStreams', -1],
    ['maxOutboundStreams', 1.5],
    ['maxEarlyStreams', Number.NaN],
    ['maxStreamWindowLength', 65536],
    ['maxExtraWindowLength', -1],
    ['keepAliveInterval', Number.POSITIVE_INFINITY],
    ['keepAliveTimeout', 0]
  ])('%s %d is refused when yamux is made', (name, value) => {
    expect(() => yamux({ [name]: value })).toThrow(InvalidParametersError)
    expect(() => yamux({ [name]: value })).toThrow(`yamux: ${name} is ${value}; it must be an integer from`)
  })

  it('left undefined are the defaults', () => {
    expect(() => yamux({ maxMessageSize: undefined })).not.toThrow()
  })
})

describe('components', () => {
  it('counts for the metrics', async () => {
    const counted: Record<string, number> = {}
    const names: string[] = []
    const metrics = {
      registerCounterGroup(name: string) {
        names.push(name)
        return { increment: (values: object) => void bump(counted, values), reset() {} }
      }
    } as unknown as Metrics
    const [a, b] = streamPair()
    const make = yamux({ keepAliveInterval: 0 })({ metrics })
    const [client, server] = [make.createStreamMuxer(a), make.createStreamMuxer(b)]
    echo(server)
    client.openStream().abort(new Error('never sent'))
    const stream = client.openStream()
    await settle()
    stream.abort(new Error('sent'))
    await settle()
    expect([names, counted]).toEqual([['libp2p_yamux_events_total'], { outbound: 2, inbound: 1, reset: 1 }])
  })

  it('goes on over a connection that drains while it is written to', async () => {
    const [a, b] = streamPair()
    const client = factory().createStreamMuxer(hasty(a))
    echo(factory().createStreamMuxer(b))
    const stream = await client.createStream()
    stream.send(fromUtf8('one '))
    await settle()
    stream.send(fromUtf8('two'))
    await stream.close()
    expect(toUtf8(await collect(stream))).toBe('one two')
  })

  it('runs over a connection of another library', async () => {
    const [a, b] = streamPair()
    const [client, server] = [a, b].map(end => factory().createStreamMuxer(foreignStream(end)))
    echo(server!)
    const stream = await client!.createStream()
    const sent = Uint8Array.from({ length: 700_000 }, (_, i) => i)
    const all = collect(stream)
    stream.sink([sent.subarray(0, 300_000), sent.subarray(300_000)]).catch(() => {})
    expect(bytesEqual(await all, sent)).toBe(true)
    await client!.close()
    await settle()
    expect(server!.status).toBe('closed')
  })
})

/** A connection that is full and has drained before its `send` returns. */
function hasty(stream: ByteStream): MessageStream {
  return new Proxy(foreignStream(stream), {
    get(target, name) {
      if (name !== 'send') return Reflect.get(target, name, target)
      return (bytes: Uint8Array) => {
        target.send(bytes)
        target.dispatchEvent(new Event('drain'))
        return false
      }
    }
  })
}

function bump(counted: Record<string, number>, values: object): void {
  for (const name of Object.keys(values)) counted[name] = (counted[name] ?? 0) + 1
}
