import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { wireVariants } from '../chopping.ts'
import { collect, randomChunks } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { SeededRandom } from '../seeded-random.ts'
import { sendAndClose } from '../sending.ts'
import { settle } from '../settle.ts'
import { connectionPair } from '../wire.ts'
import { acceptStreams, echo, type MuxerSubject, muxedPair, openStream } from './muxer-subject.ts'

const random = new SeededRandom('muxer streams')

export function muxerStreamTests(subject: MuxerSubject): void {
  describe('streams', () => {
    it('open from both sides', async () => {
      const { client, server, toClient, toServer } = muxedPair(subject)
      const [a, b] = await openStream(client, toServer)
      const [c, d] = await openStream(server, toClient)
      expect([a, b, c, d].map(stream => stream.direction)).toEqual(['outbound', 'inbound', 'outbound', 'inbound'])
      expect([a, b, c, d].map(stream => stream.status)).toEqual(['open', 'open', 'open', 'open'])
      expect(client.streams).toEqual([a, d])
      expect(server.streams).toEqual([b, c])
    })

    it('have an id of their own within the muxer', async () => {
      const { client, server, toClient, toServer } = muxedPair(subject)
      for (let i = 0; i < 5; i++) {
        await openStream(client, toServer)
        await openStream(server, toClient)
      }
      expect(new Set(client.streams.map(stream => stream.id)).size).toBe(10)
      expect(new Set(server.streams.map(stream => stream.id)).size).toBe(10)
    })

    it('have no protocol before one was negotiated, also where the opener wants only one', async () => {
      const { client, toServer } = muxedPair(subject)
      const ours = await client.createStream({ protocol: '/wanted/1' })
      ours.send(fromUtf8('hello'))
      expect([ours.protocol, (await toServer.next()).protocol]).toEqual(['', ''])
    })

    it('carry bytes that were sent at once after opening', async () => {
      const { client, toServer } = muxedPair(subject)
      const ours = await client.createStream()
      ours.send(fromUtf8('hello'))
      await ours.close()
      expectBytes(await collect(await toServer.next()), fromUtf8('hello'))
    })

    it('let the side that accepted speak first', async () => {
      const { client, toServer } = muxedPair(subject)
      const [ours, theirs] = await openStream(client, toServer)
      theirs.send(fromUtf8('welcome'))
      await theirs.close()
      expectBytes(await collect(ours), fromUtf8('welcome'))
    })

    it.each(wireVariants(random))('echo over a connection with %s', async (_, wire) => {
      const { client, server, toClient, toServer } = muxedPair(subject, { wire: wire() })
      const sent = [random.bytes(20_000), random.bytes(10_000), random.bytes(1), random.bytes(0)]
      const pairs = await Promise.all([
        openStream(client, toServer),
        openStream(server, toClient),
        openStream(server, toClient),
        openStream(client, toServer)
      ])
      const got = await Promise.all(pairs.map((pair, i) => echoed(pair, sent[i] as Uint8Array)))
      for (const [i, bytes] of got.entries()) expectBytes(bytes, sent[i] as Uint8Array)
    })

    it('carry more than any window or frame holds', async () => {
      const { client, toServer } = muxedPair(subject)
      const bytes = random.bytes(5 * 1024 * 1024)
      expectBytes(await echoed(await openStream(client, toServer), bytes), bytes)
    })

    it('are many at once, each with its own bytes', async () => {
      const { client, toServer } = muxedPair(subject)
      const sent = Array.from({ length: 100 }, (_, i) => concat([fromUtf8(`${i} `), random.bytes(random.int(4000))]))
      const accepting = (async () => {
        for (const _ of sent) void echo(await toServer.next())
      })()
      const got = await Promise.all(sent.map(async bytes => exchange(await client.createStream(), bytes)))
      await accepting
      for (const [i, bytes] of got.entries()) expectBytes(bytes, sent[i] as Uint8Array)
      await settle()
      expect(client.streams).toEqual([])
    })

    it('wait for a listener that comes late, with their bytes', async () => {
      const [clientEnd, serverEnd] = connectionPair()
      const client = subject.create().createStreamMuxer(clientEnd)
      const server = subject.create().createStreamMuxer(serverEnd)
      for (const text of ['a', 'b', 'c']) {
        const stream = await client.createStream()
        stream.send(fromUtf8(text))
        await stream.close()
      }
      await settle()
      const accepted = acceptStreams(server)
      const texts = [await accepted.next(), await accepted.next(), await accepted.next()].map(stream => collect(stream))
      expect(await Promise.all(texts)).toEqual(['a', 'b', 'c'].map(fromUtf8))
    })
  })
}

/** What comes back when the far end of the pair echoes. */
async function echoed([ours, theirs]: [Stream, Stream], bytes: Uint8Array): Promise<Uint8Array> {
  const [got] = await Promise.all([exchange(ours, bytes), echo(theirs)])
  return got
}

async function exchange(stream: Stream, bytes: Uint8Array): Promise<Uint8Array> {
  const [got] = await Promise.all([collect(stream), sendAndClose(stream, randomChunks(bytes, random))])
  return got
}
