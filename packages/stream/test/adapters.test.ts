import { concat, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { pipe } from 'it-pipe'
import { Uint8ArrayList } from 'uint8arraylist'
import { describe, expect, it } from 'vitest'
import { asDuplex, type ByteStream, toWebStreams } from '../src/index.ts'
import { collect, counting, foreign, ownedStream, pair, settle } from './fixtures.ts'

describe('it-pipe', () => {
  async function* shout(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) yield fromUtf8(toUtf8(chunk).toUpperCase())
  }

  it('pipes a stream through a transform into itself', async () => {
    const [a, b] = pair()
    const serving = pipe(b, shout, b)
    a.send(fromUtf8('hello '))
    a.send(fromUtf8('world'))
    await a.close()
    expect(toUtf8(await collect(a))).toBe('HELLO WORLD')
    await serving
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })

  it('pipes one stream into another, with backpressure', async () => {
    const [[a, b], [c, d]] = [pair(), pair()]
    const piping = pipe(b, c)
    d.pause()
    let sent = 0
    for (; sent < 10_000_000; sent += 50_000) {
      if (a.send(new Uint8Array(50_000))) continue
      await settle()
      if (a.writableNeedsDrain) break
    }
    expect(sent).toBeLessThan(3_000_000)
    d.resume()
    const reading = collect(d)
    await a.close()
    await piping
    expect((await reading).byteLength).toBe(sent + 50_000)
  })

  it('passes on that the source was reset', async () => {
    const [[a, b], [c, d]] = [pair(), pair()]
    const piping = pipe(b, c)
    piping.catch(() => {})
    const reading = collect(d)
    reading.catch(() => {})
    a.abort(new Error('enough'))
    await expect(piping).rejects.toMatchObject({ name: 'StreamResetError' })
    await expect(reading).rejects.toMatchObject({ name: 'StreamResetError' })
  })
})

describe('asDuplex', () => {
  it('leaves a stream that has both ends as it is', () => {
    const { stream } = ownedStream()
    expect(asDuplex(stream)).toBe(stream)
  })

  it('gives a stream of another make a source and a sink', async () => {
    const [a, b] = pair()
    const plain = asDuplex(foreign(b) as ByteStream)
    const answering = plain.sink([counting(3), new Uint8ArrayList(counting(2))])
    a.send(counting(4))
    await a.close()
    const got: Uint8Array[] = []
    for await (const chunk of plain.source) got.push(chunk as Uint8Array)
    await answering
    expect([concat(got), await collect(a)]).toEqual([counting(4), concat([counting(3), counting(2)])])
  })
})

async function bytesOf(readable: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(readable as ReadableStream).arrayBuffer())
}

describe('toWebStreams', () => {
  it('carries bytes and ends both ways', async () => {
    const [a, b] = pair()
    const [near, far] = [toWebStreams(a), toWebStreams(b)]
    const writer = near.writable.getWriter()
    await writer.write(counting(3))
    await writer.close()
    expect(await bytesOf(far.readable)).toEqual(counting(3))
    await new Blob([counting(5)]).stream().pipeTo(far.writable)
    expect(await bytesOf(near.readable)).toEqual(counting(5))
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })

  it('works with what the platform has for streams', async () => {
    const [a, b] = pair()
    const text = 'the same again and again '.repeat(1000)
    const writing = new Blob([text])
      .stream()
      .pipeThrough(new CompressionStream('gzip'))
      .pipeTo(toWebStreams(a).writable)
    const plain = toWebStreams(b).readable.pipeThrough(new DecompressionStream('gzip') as never)
    expect(await new Response(plain as ReadableStream).text()).toBe(text)
    await writing
  })

  it('takes nothing before it is asked', async () => {
    const { stream, owner } = ownedStream()
    const reader = toWebStreams(stream).readable.getReader()
    stream.receive(counting(1000))
    stream.receive(counting(2000))
    await settle()
    expect(owner.creditBytes).toBe(0)
    expect((await reader.read()).value).toEqual(counting(1000))
    expect(owner.creditBytes).toBe(1000)
  })

  it('holds the writer back while the far side sleeps', async () => {
    const [a, b] = pair()
    b.pause()
    const writer = toWebStreams(a).writable.getWriter()
    let written = 0
    const writing = (async () => {
      for (let i = 0; i < 100; i++) {
        await writer.write(new Uint8Array(50_000))
        written++
      }
      await writer.close()
    })()
    await settle()
    expect(written).toBeLessThan(20)
    b.resume()
    expect((await collect(b)).byteLength).toBe(5_000_000)
    await writing
  })

  it('closes the reading when the readable is cancelled, even while it waits', async () => {
    for (const isWaiting of [false, true]) {
      const { stream, owner } = ownedStream()
      const reader = toWebStreams(stream).readable.getReader()
      const waiting = isWaiting ? reader.read() : undefined
      await settle()
      await reader.cancel('enough')
      expect([owner.of('readClosed').length, stream.writeStatus]).toEqual([1, 'writable'])
      expect((await waiting)?.done).toBe(isWaiting ? true : undefined)
    }
  })

  it('aborts a stream that cannot close its reading alone', async () => {
    const { stream } = ownedStream()
    const plain = new Proxy(foreign(stream), {
      has: (target, key) => key !== 'closeRead' && key in target
    })
    await toWebStreams(plain).readable.cancel('enough')
    expect(stream.status).toBe('aborted')
  })

  it('aborts the stream when the writable is aborted', async () => {
    const { stream, owner } = ownedStream()
    await toWebStreams(stream).writable.abort(new Error('enough'))
    expect(owner.of('aborted')).toEqual([expect.objectContaining({ message: 'enough' })])
  })

  it('fails both when the stream is reset', async () => {
    const { stream } = ownedStream()
    const { readable, writable } = toWebStreams(stream)
    const [reader, writer] = [readable.getReader(), writable.getWriter()]
    writer.closed.catch(() => {})
    const waiting = reader.read()
    const reason = new Error('gone')
    stream.receiveReset(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(writer.write(counting(1))).rejects.toMatchObject({ cause: reason })
  })
})
