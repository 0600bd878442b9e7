import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { InvalidParametersError, type Metrics } from '@ts-libp2p/interface'
import type { ByteStream } from '@ts-libp2p/stream'
import { collect, settle, streamPair, VirtualClock } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { MPLEX_PROTOCOL, type MplexMuxer, type MplexOptions, mplex } from '../src/index.ts'

function muxerPair(
  options: MplexOptions = {},
  components = {}
): { client: MplexMuxer; server: MplexMuxer; ends: ByteStream[] } {
  const ends = streamPair()
  const make = mplex(options)(components)
  return { client: make.createStreamMuxer(ends[0]), server: make.createStreamMuxer(ends[1]), ends }
}

function echo(muxer: MplexMuxer): void {
  muxer.addEventListener('stream', ({ detail: stream }) => {
    stream.sink(stream).catch(() => {})
  })
}

describe('mplex', () => {
  it('carries streams both ways to their ends', async () => {
    const { client, server } = muxerPair()
    echo(server)
    echo(client)
    const sent = Uint8Array.from({ length: 500_000 }, (_, i) => i % 251)
    const answers = [client, server].map(async muxer => {
      const stream = await muxer.createStream()
      const answer = collect(stream)
      stream.sink([sent.subarray(0, 200_000), sent.subarray(200_000)]).catch(() => {})
      return bytesEqual(await answer, sent)
    })
    expect(await Promise.all(answers)).toEqual([true, true])
    await settle()
    expect([client.protocol, client.streams, server.streams]).toEqual([MPLEX_PROTOCOL, [], []])
  })

  it('lives in the time of the connection, where it is given no other', async () => {
    const clock = new VirtualClock()
    const [end] = streamPair({ clock })
    const stream = await mplex()().createStreamMuxer(end).createStream({ inactivityTimeout: 1000 })
    await clock.advance(1000)
    expect(stream.status).toBe('aborted')
  })

  it('lets 1,000 streams through at once', async () => {
    const { client, server } = muxerPair()
    echo(server)
    const sizes = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const stream = await client.createStream()
        const answer = collect(stream)
        stream.send(new Uint8Array(1000 + i))
        await stream.close()
        return (await answer).byteLength
      })
    )
    expect(sizes).toEqual(sizes.map((_, i) => 1000 + i))
  })

  it('resets the stream of a reader that sleeps, and no other', async () => {
    const { client, server } = muxerPair()
    const far: ByteStream[] = []
    server.addEventListener('stream', event => far.push(event.detail))
    const [asleep, awake] = [client.openStream(), client.openStream()]
    await settle()
    const answer = collect(far[1] as ByteStream)
    const flood = asleep.sink(Array.from({ length: 200 }, () => new Uint8Array(65536)))
    await expect(flood).rejects.toMatchObject({ name: expect.stringMatching(/^Stream(Reset|State)Error$/) })
    awake.send(new Uint8Array(10))
    await awake.close()
    expect([(await answer).byteLength, far[0]?.status, server.status]).toEqual([10, 'aborted', 'open'])
  })

  it('closes when its streams have finished', async () => {
    const { client, server, ends } = muxerPair()
    echo(server)
    const stream = await client.createStream()
    stream.send(new Uint8Array(100_000))
    const answer = collect(stream)
    await client.close()
    await settle()
    expect([(await answer).byteLength, server.status, ends[1]?.status]).toEqual([100_000, 'closed', 'closed'])
  })

  it('aborts streams and connection at once', async () => {
    const { client, server, ends } = muxerPair()
    const stream = client.openStream()
    client.abort(new Error('enough'))
    await settle()
    expect([client.status, stream.status, ends[0]?.status, server.status]).toEqual([
      'closed',
      'aborted',
      'aborted',
      'closed'
    ])
    await expect(client.createStream()).rejects.toMatchObject({ name: 'MuxerClosedError' })
  })

  it('cuts off a peer that breaks the protocol', async () => {
    const clock = new VirtualClock()
    const [end, raw] = streamPair({ clock })
    const muxer = mplex()({ clock }).createStreamMuxer(end)
    raw.send(fromHex('0700'))
    await settle()
    expect([muxer.status, end.status, clock.pendingTimers]).toEqual(['closed', 'aborted', 0])
  })

  it('counts for the metrics', async () => {
    const counted: string[] = []
    const group = { increment: (values: object) => counted.push(...Object.keys(values)), reset() {} }
    const registerCounterGroup = (name: string) => {
      counted.push(name)
      return group
    }
    const metrics = { registerCounterGroup } as unknown as Metrics
    const { client } = muxerPair({}, { metrics })
    client.openStream()
    await settle()
    expect(counted).toEqual(['libp2p_mplex_events_total', 'outbound', 'inbound'])
  })

  it.each<[keyof MplexOptions, number]>([
    ['maxMessageSize', 0],
    ['maxMessageSize', 2 ** 20 + 1],
    ['maxInboundStreams', -1],
    ['maxOutboundStreams', 1.5],
    ['maxEarlyStreams', Number.NaN],
    ['maxUnreadBytes', 0]
  ])('%s %d is refused when mplex is made', (name, value) => {
    expect(() => mplex({ [name]: value })).toThrow(InvalidParametersError)
    expect(() => mplex({ [name]: value })).toThrow(`mplex: ${name} is ${value}`)
  })
})
