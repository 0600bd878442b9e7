import { collect, settle } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { echo, muxerPair } from './muxer-pair.ts'
import { bench } from './recording-port.ts'

describe('fairness', () => {
  it('1,000 streams that all send at once all get through', async () => {
    const { client, server } = muxerPair({ maxInboundStreams: 1000, maxOutboundStreams: 1000 })
    echo(server)
    const sizes = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const stream = await client.createStream()
        const answer = collect(stream)
        stream.send(new Uint8Array(20_000 + i))
        await stream.close()
        return (await answer).byteLength
      })
    )
    expect(sizes).toEqual(sizes.map((_, i) => 20_000 + i))
    await settle()
    expect([client.streams, server.streams]).toEqual([[], []])
  })

  it('no stream is ever more than a frame ahead of another', () => {
    const { session, flush, port } = bench('client')
    const streams = Array.from({ length: 50 }, () => session.openStream({}))
    for (const stream of streams) stream.send(new Uint8Array(250_000))
    port.isFull = true
    for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
      flush()
      const queued = streams.map(s => s.writeBufferLength)
      left = Math.max(...queued)
      expect(left - Math.min(...queued)).toBeLessThanOrEqual(65_536)
    }
  })

  it('one that sends for ever does not keep out one that sends a little', () => {
    const { session, flush, port } = bench('client', { maxMessageSize: 100 })
    const greedy = session.openStream({})
    greedy.send(new Uint8Array(262_100))
    port.isFull = true
    flush()
    session.openStream({}).send(Uint8Array.of(1))
    expect(flush().map(f => f.slice(0, 10))).toContain('Data·SYN 3')
  })
})
