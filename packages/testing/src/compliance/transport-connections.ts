import { fromUtf8 } from '@ts-libp2p/bytes'
import type { MultiaddrConnection, StreamCloseEvent } from '@ts-libp2p/interface'
import { StreamReader } from '@ts-libp2p/stream'
import { expect, it } from 'vitest'
import { collect, randomChunks } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { SeededRandom } from '../seeded-random.ts'
import { sendChunks, stalled } from '../sending.ts'
import { firstOf, type TransportStand, type TransportSubject } from './transport-subject.ts'

const MIB: number = 1024 * 1024
const random = new SeededRandom('transport')

/** What a system's socket buffers may swallow on loopback before a writer is held back. */
const MAX_STALLED_SOCKET_BYTES: number = 48 * MIB

export function transportConnectionTests(subject: TransportSubject, stand: () => TransportStand): void {
  it('carry what was sent, both ways, in any chunks', async () => {
    const [outbound, inbound] = await stand().connect()
    const sent = [random.bytes(MIB), random.bytes(MIB / 2)] as const
    const reading = Promise.all([read(inbound, sent[0].byteLength), read(outbound, sent[1].byteLength)])
    await Promise.all([write(outbound, sent[0]), write(inbound, sent[1])])
    const got = await reading
    expectBytes(got[0], sent[0])
    expectBytes(got[1], sent[1])
  })

  it('carry bytes that are sent at once, by either side', async () => {
    const [outbound, inbound] = await stand().connect()
    inbound.send(fromUtf8('welcome'))
    outbound.send(fromUtf8('hello'))
    expectBytes(await read(outbound, 7), fromUtf8('welcome'))
    expectBytes(await read(inbound, 5), fromUtf8('hello'))
  })

  it('keep bytes that arrive before anybody reads', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const outbound = await stand().dial(addr)
    outbound.send(fromUtf8('early'))
    const inbound = await stand().accept()
    expectBytes(await read(inbound, 5), fromUtf8('early'))
  })

  it('stop a writer whose reader sleeps, and go on when it wakes', async () => {
    const [outbound, inbound] = await stand().connect()
    inbound.pause()
    const sentBytes = await stalled(outbound, new Uint8Array(65_536), 2 * MAX_STALLED_SOCKET_BYTES)
    expect(sentBytes).toBeLessThan(MAX_STALLED_SOCKET_BYTES)
    expect(inbound.readBufferLength).toBeLessThan(4 * MIB)
    inbound.resume()
    expect((await read(inbound, sentBytes)).byteLength).toBe(sentBytes)
    await outbound.onDrain()
  })

  it('end in good order when both sides close', async () => {
    const [outbound, inbound] = await stand().connect()
    const closes = [nextClose(outbound), nextClose(inbound)]
    outbound.send(fromUtf8('last words'))
    const reading = collect(inbound)
    await Promise.all([outbound.close(), collect(outbound), reading.then(() => inbound.close())])
    expectBytes(await reading, fromUtf8('last words'))
    expect((await Promise.all(closes)).map(event => event.error)).toEqual([undefined, undefined])
    expect([outbound.status, inbound.status]).toEqual(['closed', 'closed'])
    expect(outbound.timeline.close).toBeGreaterThanOrEqual(outbound.timeline.open)
  })

  it('deliver everything that was queued before close', async () => {
    const [outbound, inbound] = await stand().connect()
    const bytes = random.bytes(3 * MIB)
    const reading = collect(inbound)
    for (const chunk of randomChunks(bytes, random, 500_000)) outbound.send(chunk)
    await outbound.close()
    expectBytes(await reading, bytes)
  })

  if (subject.hasHalfClose !== false) {
    it.each([0, 1])('end half, the other direction goes on (%i)', async first => {
      const ends = await stand().connect()
      const [one, other] = first === 0 ? ends : [ends[1], ends[0]]
      one.send(fromUtf8('question'))
      await one.close()
      expectBytes(await collect(other), fromUtf8('question'))
      other.send(random.bytes(100_000))
      await other.close()
      expect((await collect(one)).byteLength).toBe(100_000)
    })
  }

  it.each([0, 1])('are reset by the abort of either end (%i)', async first => {
    const ends = await stand().connect()
    const [one, other] = first === 0 ? ends : [ends[1], ends[0]]
    const closes = [nextClose(one), nextClose(other)]
    const reading = collect(other)
    const outcome = Promise.allSettled([reading])
    const reason = new Error('enough')
    one.abort(reason)
    const [mine, theirs] = await Promise.all(closes)
    expect([one.status, other.status]).toEqual(['aborted', 'reset'])
    expect(mine).toMatchObject({ error: reason, local: true })
    expect(theirs).toMatchObject({ local: false })
    expect(theirs?.error).toBeInstanceOf(Error)
    expect((await outcome)[0]?.status).toBe('rejected')
  })

  it('refuse to send once closed or aborted', async () => {
    const [outbound, inbound] = await stand().connect()
    inbound.abort(new Error('enough'))
    expect(() => inbound.send(Uint8Array.of(1))).toThrow()
    const reading = collect(outbound)
    await expect(reading).rejects.toBeInstanceOf(Error)
    expect(() => outbound.send(Uint8Array.of(1))).toThrow()
  })

  it('survive an abort on both sides, twice', async () => {
    const [outbound, inbound] = await stand().connect()
    for (const end of [outbound, inbound, outbound]) end.abort(new Error('enough'))
    expect([outbound.status, inbound.status]).toEqual(['aborted', 'aborted'])
  })
}

function write(connection: MultiaddrConnection, bytes: Uint8Array): Promise<void> {
  return sendChunks(connection, randomChunks(bytes, random, 100_000))
}

function read(connection: MultiaddrConnection, length: number): Promise<Uint8Array> {
  return new StreamReader(connection).read(length)
}

function nextClose(connection: MultiaddrConnection): Promise<StreamCloseEvent> {
  return new Promise(resolve => connection.addEventListener('close', resolve, { once: true }))
}
