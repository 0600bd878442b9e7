import { fromUtf8 } from '@ts-libp2p/bytes'
import type { Stream, StreamCloseEvent, StreamMuxer } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { wireVariants } from '../chopping.ts'
import { collect } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { inVirtualTime } from '../round-trips.ts'
import { SeededRandom } from '../seeded-random.ts'
import { settle } from '../settle.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { expectCause } from './causes.ts'
import { echo, type MuxedPair, type MuxerSubject, muxedPair, openStream } from './muxer-subject.ts'

const random = new SeededRandom('muxer ends')

export function muxerEndTests(subject: MuxerSubject): void {
  describe('the end of a stream', () => streamEndTests(subject))
  describe('the end of the muxer', () => muxerEnds(subject))
  describe('the loss of the connection', () => connectionLossTests(subject))
}

function streamEndTests(subject: MuxerSubject): void {
  const directions = [
    ['the opener', ([ours, theirs]: [Stream, Stream]) => [ours, theirs]],
    ['the side that accepted', ([ours, theirs]: [Stream, Stream]) => [theirs, ours]]
  ] as const

  describe.each(directions)('by %s', (_, order) => {
    const opened = async (pair: MuxedPair): Promise<[Stream, Stream]> =>
      order(await openStream(pair.client, pair.toServer)) as [Stream, Stream]

    it.each(wireVariants(random))('half: the other direction goes on (%s)', async (_variant, wire) => {
      const pair = muxedPair(subject, { wire: wire() })
      const [first, second] = await opened(pair)
      first.send(fromUtf8('question'))
      await first.close()
      expectBytes(await collect(second), fromUtf8('question'))
      expect([first.writeStatus, second.remoteWriteStatus, second.writeStatus]).toEqual([
        'closed',
        'closed',
        'writable'
      ])
      second.send(fromUtf8('late answer'))
      await second.close()
      expectBytes(await collect(first), fromUtf8('late answer'))
      await settle()
      expect([first.status, second.status]).toEqual(['closed', 'closed'])
      expect([pair.client.streams, pair.server.streams]).toEqual([[], []])
    })

    it('with an end event and a close event without error, once each', async () => {
      const [first, second] = await opened(muxedPair(subject))
      const course = recordEnds(second)
      second.addEventListener('message', () => {})
      await first.close()
      await settle()
      expect(course).toEqual(['remoteCloseWrite', 'end'])
      await second.close()
      await settle()
      expect(course).toEqual(['remoteCloseWrite', 'end', 'close: no error'])
    })

    it('refuses to send after close', async () => {
      const [first] = await opened(muxedPair(subject))
      await first.close()
      expect(() => first.send(Uint8Array.of(1))).toThrow(expect.objectContaining({ name: 'StreamStateError' }))
      await expect(first.close()).resolves.toBeUndefined()
    })

    it('by abort: the far end is reset and reads what it had, then the error', async () => {
      const pair = muxedPair(subject)
      const [first, second] = await opened(pair)
      first.send(fromUtf8('before'))
      await settle()
      const closed = nextClose(second)
      first.abort(new Error('enough'))
      const { error, local } = await closed
      expect([first.status, second.status, local]).toEqual(['aborted', 'reset', false])
      expect(error).toMatchObject({ name: 'StreamResetError' })
      const chunks = second[Symbol.asyncIterator]()
      expectBytes(((await chunks.next()).value as Uint8Array).subarray(), fromUtf8('before'))
      await expect(chunks.next()).rejects.toBe(error)
      expect([pair.client.streams, pair.server.streams]).toEqual([[], []])
    })

    it('by abort, right after bytes that have not left: nobody waits for ever', async () => {
      const [first, second] = await opened(muxedPair(subject))
      first.send(random.bytes(1_000_000))
      const reading = collect(second)
      first.abort(new Error('enough'))
      await expect(reading).rejects.toMatchObject({ name: 'StreamResetError' })
    })

    it('tells our own close event that it was us', async () => {
      const [first] = await opened(muxedPair(subject))
      const closed = nextClose(first)
      const reason = new Error('enough')
      first.abort(reason)
      expect(await closed).toMatchObject({ local: true, error: reason })
    })

    it('is harmless twice, and after the far end did it too', async () => {
      const [first, second] = await opened(muxedPair(subject))
      first.abort(new Error('one'))
      second.abort(new Error('two'))
      first.abort(new Error('three'))
      await settle()
      expect([first.status, second.status]).toEqual(['aborted', 'aborted'])
    })

    it('leaves other streams alone', async () => {
      const pair = muxedPair(subject)
      const [first] = await opened(pair)
      const [ours, theirs] = await openStream(pair.client, pair.toServer)
      void echo(theirs)
      first.abort(new Error('enough'))
      ours.send(fromUtf8('still here'))
      await ours.close()
      expectBytes(await collect(ours), fromUtf8('still here'))
    })
  })

  it('stops bytes that arrive after closeRead, and nothing else', async () => {
    const { client, toServer } = muxedPair(subject)
    const [ours, theirs] = await openStream(client, toServer)
    await theirs.closeRead()
    ours.send(random.bytes(1_000_000))
    theirs.send(fromUtf8('go away'))
    await theirs.close()
    expectBytes(await collect(ours), fromUtf8('go away'))
    expect(theirs.readBufferLength).toBe(0)
  })
}

function muxerEnds(subject: MuxerSubject): void {
  it('by close: what was queued arrives, then the connection ends in good order', async () => {
    const { client, server, toServer, wire } = muxedPair(subject)
    const [ours, theirs] = await openStream(client, toServer)
    const bytes = random.bytes(700_000)
    for (let at = 0; at < bytes.byteLength; at += 100_000) ours.send(bytes.subarray(at, at + 100_000))
    const reading = collect(theirs).then(async got => {
      await theirs.close()
      return got
    })
    await client.close()
    expectBytes(await reading, bytes)
    await settle()
    expect([client.status, server.status]).toEqual(['closed', 'closed'])
    expect(wire.ends.map(end => end.status)).toEqual(['closed', 'closed'])
  })

  it('by close without streams', async () => {
    const { client, server, wire } = muxedPair(subject)
    await client.close()
    await client.close()
    await settle()
    expect([client.status, server.status]).toEqual(['closed', 'closed'])
    expect(wire.ends.map(end => end.status)).toEqual(['closed', 'closed'])
  })

  it('by close from both sides at once', async () => {
    const { client, server, wire } = muxedPair(subject)
    await Promise.all([client.close(), server.close()])
    await settle()
    expect(wire.ends.map(end => end.status)).toEqual(['closed', 'closed'])
  })

  it('by a close whose signal aborts while a stream still sends: rejects with the reason', async () => {
    const clock = new VirtualClock()
    const { client } = muxedPair(subject, { wire: { clock, latencyMs: 1000 } })
    const ours = await client.createStream()
    // More than any buffer on the way holds while time stands still.
    for (let i = 0; i < 12; i++) ours.send(random.bytes(1_000_000))
    const abort = new AbortController()
    const closing = client.close({ signal: abort.signal })
    await settle()
    const reason = new Error('no more patience')
    abort.abort(reason)
    await expect(closing).rejects.toBe(reason)
  })

  it('by abort: every stream of both sides ends, and so does the connection', async () => {
    const { client, server, toServer, toClient, wire } = muxedPair(subject)
    const streams = [...(await openStream(client, toServer)), ...(await openStream(server, toClient))]
    const [ours, theirs] = streams as [Stream, Stream]
    const ends = [nextClose(ours), nextClose(theirs)]
    const readings = streams.map(stream => collect(stream))
    const failures = Promise.allSettled(readings)
    const reason = new Error('enough')
    client.abort(reason)
    const [ourEnd, theirEnd] = await Promise.all(ends)
    expectCause(ourEnd?.error, reason)
    expect(theirEnd?.error).toBeInstanceOf(Error)
    expect((await failures).map(outcome => outcome.status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
    expect([theirs.status, ...wire.ends.map(end => end.status)]).toEqual(['reset', 'aborted', 'reset'])
    expect([client.status, server.status, client.streams, server.streams]).toEqual(['closed', 'closed', [], []])
  })

  it.each([
    ['close', (muxer: StreamMuxer) => muxer.close()],
    ['abort', async (muxer: StreamMuxer) => muxer.abort(new Error('enough'))]
  ])('refuses new streams after %s, on both sides', async (_, end) => {
    const { client, server } = muxedPair(subject)
    await end(client)
    await settle()
    for (const muxer of [client, server]) {
      await expect(muxer.createStream()).rejects.toMatchObject({ name: 'MuxerClosedError' })
    }
  })
}

function connectionLossTests(subject: MuxerSubject): void {
  it('resets every stream with the cause, and whoever waits is told', async () => {
    const clock = new VirtualClock()
    const { client, server, toServer, wire } = muxedPair(subject, { wire: { clock, latencyMs: 1000 } })
    const opening = Promise.all([openStream(client, toServer), client.createStream()])
    const [[reader, far], writer] = await inVirtualTime(clock, opening)
    const reading = collect(reader)
    // Time stands still from here on, so that the wire fills up.
    while (writer.send(random.bytes(100_000))) await settle()
    const draining = writer.onDrain()
    const closing = writer.close()
    const outcomes = Promise.allSettled([reading, draining, closing])
    const loss = new Error('somebody stumbled over the cable')
    wire.cut(loss)
    const reasons = (await outcomes).map(outcome => (outcome as PromiseRejectedResult).reason)
    expect(reasons).toHaveLength(3)
    for (const reason of reasons) expectCause(reason, loss)
    expect([reader.status, writer.status, far.status]).toEqual(['reset', 'reset', 'reset'])
    expect([client.status, server.status, client.streams, server.streams]).toEqual(['closed', 'closed', [], []])
    await expect(client.createStream()).rejects.toMatchObject({ name: 'MuxerClosedError' })
  })

  it('is told to streams when the far side just ends the connection', async () => {
    const { client, toServer, wire } = muxedPair(subject)
    const [, theirs] = await openStream(client, toServer)
    const closed = nextClose(theirs)
    await wire.ends[0].close()
    expect((await closed).error).toBeInstanceOf(Error)
    expect(theirs.status).toBe('reset')
  })

  it.each([
    ['random bytes', () => random.bytes(5000)],
    ['zeros', () => new Uint8Array(5000)],
    ['ones', () => new Uint8Array(5000).fill(0xff)]
  ])('follows %s where frames should be, and throws at nobody', async (_, garbage) => {
    const { client, server, toServer, wire } = muxedPair(subject)
    const [, theirs] = await openStream(client, toServer)
    client.addEventListener('stream', event => event.detail.abort(new Error('not wanted')))
    const reading = collect(theirs)
    const outcome = Promise.allSettled([reading])
    wire.ends[0].send(garbage())
    await settle()
    wire.cut()
    expect((await outcome)[0]?.status).toBe('rejected')
    expect([server.status, server.streams]).toEqual(['closed', []])
  })
}

function nextClose(stream: Stream): Promise<StreamCloseEvent> {
  return new Promise(resolve => stream.addEventListener('close', resolve, { once: true }))
}

function recordEnds(stream: Stream): string[] {
  const course: string[] = []
  stream.addEventListener('end', () => course.push('end'))
  stream.addEventListener('remoteCloseWrite', () => course.push('remoteCloseWrite'))
  stream.addEventListener('close', ({ error }) => course.push(`close: ${error?.message ?? 'no error'}`))
  return course
}
