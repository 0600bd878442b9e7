import { fromUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream, Stream } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { activeHandles, handlesReleased } from '../active-handles.ts'
import { collect } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { settle } from '../settle.ts'
import { countingSignal } from './counting-signal.ts'
import { echo, type MuxerSubject, muxedPair, openStream } from './muxer-subject.ts'

const EVENTS = ['message', 'drain', 'close', 'remoteCloseWrite', 'end', 'idle']

export function muxerLimitTests(subject: MuxerSubject): void {
  describe('limits', () => {
    it('on inbound streams reset what is over them, and only that', async () => {
      const { client, toServer } = muxedPair(subject, { server: { maxInboundStreams: 2 } })
      const [ours, theirs] = await openStream(client, toServer)
      await openStream(client, toServer)
      const third = await client.createStream()
      third.send(fromUtf8('too many'))
      await expect(collect(third)).rejects.toMatchObject({ name: 'StreamResetError' })
      expect(toServer.size).toBe(0)
      await expectEcho(ours, theirs)
    })

    it('on inbound streams count open ones only', async () => {
      const { client, toServer } = muxedPair(subject, { server: { maxInboundStreams: 1 } })
      for (let i = 0; i < 3; i++) {
        const [ours, theirs] = await openStream(client, toServer)
        await expectEcho(ours, theirs)
        await settle()
      }
    })

    it('on outbound streams refuse to open, and count open ones only', async () => {
      const { client, toServer } = muxedPair(subject, { client: { maxOutboundStreams: 1 } })
      const [ours, theirs] = await openStream(client, toServer)
      await expect(client.createStream()).rejects.toThrow()
      await expectEcho(ours, theirs)
      await settle()
      expect((await client.createStream()).status).toBe('open')
    })
  })

  describe('leaves nothing behind', () => {
    it('when opening is cancelled', async () => {
      const { client } = muxedPair(subject)
      const reason = new Error('changed my mind')
      await expect(client.createStream({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(client.streams).toEqual([])
    })

    it('on signals, once opening, waiting and closing are done', async () => {
      const { client, toServer } = muxedPair(subject)
      const { signal, listeners } = countingSignal()
      const ours = await client.createStream({ signal })
      void echo(await toServer.next())
      while (ours.send(new Uint8Array(65536)));
      const reading = collect(ours)
      await ours.onDrain({ signal })
      await ours.close({ signal })
      await reading
      await client.close({ signal })
      expect(listeners()).toBe(0)
    })

    it('on the connection, once closed', async () => {
      const before = activeHandles()
      const { client, server, wire, toServer } = muxedPair(subject)
      const [ours, theirs] = await openStream(client, toServer)
      await expectEcho(ours, theirs)
      await Promise.all([client.close(), server.close()])
      await settle()
      for (const end of wire.ends) expect(listenersOf(end)).toBe(0)
      await handlesReleased(before)
    })

    it('of a thousand streams', async () => {
      const { client, server, toServer } = muxedPair(subject)
      for (let i = 0; i < 1000; i++) {
        const [ours, theirs] = await openStream(client, toServer)
        if (i % 2 === 0) ours.abort(new Error('enough'))
        else await Promise.all([ours.close(), theirs.close()])
        if (i % 50 === 0) await settle()
      }
      await settle()
      expect([client.streams, server.streams]).toEqual([[], []])
    })
  })
}

async function expectEcho(ours: Stream, theirs: Stream): Promise<void> {
  const echoing = echo(theirs)
  ours.send(fromUtf8('hello'))
  await ours.close()
  expectBytes(await collect(ours), fromUtf8('hello'))
  await echoing
}

function listenersOf(stream: MessageStream): number {
  return EVENTS.reduce((sum, type) => sum + stream.listenerCount(type), 0)
}
