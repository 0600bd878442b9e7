import { concat } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { type ByteStream, flatten } from '@ts-libp2p/stream'
import { describe, expect, it } from 'vitest'
import { collect } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { MAX_STALLED_BYTES } from '../limits.ts'
import { SeededRandom } from '../seeded-random.ts'
import { settle } from '../settle.ts'
import { streamPair } from '../stream-pair.ts'
import { echo, type MuxerSubject, muxedPair, openStream } from './muxer-subject.ts'

const CHUNK_BYTES: number = 64 * 1024
const TOTAL_BYTES: number = 2 * MAX_STALLED_BYTES
const random = new SeededRandom('muxer backpressure')
const bytes = random.bytes(TOTAL_BYTES)

export function muxerBackpressureTests(subject: MuxerSubject): void {
  describe('backpressure', () => {
    describe.each(READERS)('with a reader by %s', (_, read) => {
      it.each(WRITERS)('and a writer by %s: everything arrives', async (_writer, write) => {
        const [ours, theirs] = await openPair(subject)
        const reader = read(theirs)
        reader.wake()
        await write(ours, { sentBytes: 0 })
        expectBytes(await reader.everything, bytes)
      })

      if (subject.hasFlowControl) {
        it.each(WRITERS)('that sleeps, a writer by %s stops, and goes on when it wakes', async (_writer, write) => {
          const [ours, theirs] = await openPair(subject)
          const reader = read(theirs)
          const progress = { sentBytes: 0 }
          const writing = write(ours, progress)
          await settle()
          const stalledAt = progress.sentBytes
          await settle()
          expect([progress.sentBytes, ours.writableNeedsDrain]).toEqual([stalledAt, true])
          expect(stalledAt).toBeLessThan(MAX_STALLED_BYTES)
          reader.wake()
          await writing
          expectBytes(await reader.everything, bytes)
        })
      }
    })

    if (subject.hasFlowControl) flowControlTests(subject)
    else resetTests(subject)
  })
}

function flowControlTests(subject: MuxerSubject): void {
  it('of one stream does not hold up the others', async () => {
    const { client, toServer } = muxedPair(subject)
    const [slow, sleeping] = await openStream(client, toServer)
    sleeping.pause()
    const flooding = flood(slow, { sentBytes: 0 })
    await settle()
    const [ours, theirs] = await openStream(client, toServer)
    void echo(theirs)
    const writing = flood(ours, { sentBytes: 0 })
    expectBytes(await collect(ours), bytes)
    await writing
    expect([slow.status, sleeping.status]).toEqual(['open', 'open'])
    sleeping.resume()
    expectBytes(await collect(sleeping), bytes)
    await flooding
  })

  it('returns credit for bytes that are taken one by one', async () => {
    const [ours, theirs] = await openPair(subject)
    const writing = flood(ours, { sentBytes: 0 })
    const parts: Uint8Array[] = []
    for await (const chunk of theirs) {
      parts.push(flatten(chunk).subarray(0, 1))
      if (chunk.byteLength > 1) theirs.unshift(flatten(chunk).subarray(1))
      // The rest of a chunk at once now and then: byte by byte alone would take minutes.
      const rest = await theirs[Symbol.asyncIterator]().next()
      if (rest.done !== true) parts.push(flatten(rest.value))
    }
    await writing
    expectBytes(concat(parts), bytes)
  })

  it('holds a thousand sleeping streams in bounded memory', async () => {
    const { client, toServer, wire } = muxedPair(subject, {
      client: { maxOutboundStreams: 2000 },
      server: { maxInboundStreams: 2000 }
    })
    const chunk = new Uint8Array(1024)
    const pairs: [Stream, Stream][] = []
    for (let i = 0; i < 200; i++) pairs.push(await openStream(client, toServer))
    for (const [, theirs] of pairs) theirs.pause()
    for (const [ours] of pairs) while (ours.writeBufferLength < 100 * 1024) ours.send(chunk)
    await settle()
    expect(wire.ends[0].writeBufferLength).toBeLessThan(MAX_STALLED_BYTES)
    expect(Math.max(...pairs.map(([, theirs]) => theirs.readBufferLength))).toBeLessThan(1024 * 1024)
  })
}

/** Without flow control the one stream whose reader sleeps pays, and no other. */
function resetTests(subject: MuxerSubject): void {
  it('is a reset of the stream whose reader sleeps, alone', async () => {
    const { client, toServer } = muxedPair(subject)
    const [slow, sleeping] = await openStream(client, toServer)
    const [ours, theirs] = await openStream(client, toServer)
    sleeping.pause()
    await expect(flood(slow, { sentBytes: 0 }, 4)).rejects.toThrow()
    expect([sleeping.status, sleeping.readBufferLength]).toEqual(['aborted', 0])
    void echo(theirs)
    const writing = flood(ours, { sentBytes: 0 })
    expectBytes(await collect(ours), bytes)
    await writing
  })
}

async function openPair(subject: MuxerSubject): Promise<[Stream, Stream]> {
  const { client, toServer } = muxedPair(subject)
  return openStream(client, toServer)
}

interface Progress {
  sentBytes: number
}

/** A reader that sleeps until it is woken. */
interface SleepingReader {
  wake(): void
  everything: Promise<Uint8Array>
}

const READERS: [name: string, read: (stream: Stream) => SleepingReader][] = [
  ['message events', readEvents],
  ['iteration', readIteration],
  ['source and sink', readPiped]
]

const WRITERS: [name: string, write: (stream: Stream, progress: Progress) => Promise<void>][] = [
  ['send and onDrain', flood],
  ['sink', writeSink]
]

function readEvents(stream: Stream): SleepingReader {
  const chunks: Uint8Array[] = []
  stream.pause()
  stream.addEventListener('message', event => chunks.push(flatten(event.data)))
  const everything = new Promise<Uint8Array>((resolve, reject) => {
    stream.addEventListener('end', () => resolve(concat(chunks)))
    stream.addEventListener('close', ({ error }) => error !== undefined && reject(error))
  })
  return { wake: () => stream.resume(), everything }
}

function readIteration(stream: Stream): SleepingReader {
  const { promise, resolve } = gate()
  const everything = (async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of stream) {
      await promise
      chunks.push(flatten(chunk))
    }
    return concat(chunks)
  })()
  return { wake: resolve, everything }
}

/** The stream's source flows into another stream, whose far end sleeps. */
function readPiped(stream: Stream): SleepingReader {
  const [near, far] = streamPair()
  far.pause()
  const piping = near.sink((stream as ByteStream).source)
  const everything = Promise.all([collect(far), piping]).then(([got]) => got)
  return { wake: () => far.resume(), everything }
}

async function flood(stream: Stream, progress: Progress, times = 1): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const chunk of chunksOf(progress)) if (!stream.send(chunk)) await stream.onDrain()
  }
  await stream.close()
}

async function writeSink(stream: Stream, progress: Progress): Promise<void> {
  await (stream as ByteStream).sink(chunksOf(progress))
}

function* chunksOf(progress: Progress): Generator<Uint8Array> {
  for (let at = 0; at < TOTAL_BYTES; at += CHUNK_BYTES) {
    yield bytes.subarray(at, at + CHUNK_BYTES)
    progress.sentBytes = at + CHUNK_BYTES
  }
}

function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}
