import { pipe } from 'it-pipe'
import { describe, expect, it } from 'vitest'
import { createLibp2p, type Stream } from '../src/index.ts'

const OFFERED_BYTES = 1024 * 1024 * 1024
const CHUNK = new Uint8Array(64 * 1024)
/** Yamux's first window, the writer's own queue and one chunk, and room for the handful of bytes taken. */
const ALLOWED_BYTES = 1024 * 1024
const STALL_MS = 400
const GROWTH_LIMIT_BYTES = 64 * 1024 * 1024

/** Each takes a little, then sleeps for good. */
const SLEEPERS: Record<string, (stream: Stream) => void | Promise<void>> = {
  'message events': stream => {
    stream.addEventListener('message', () => stream.pause(), { once: true })
  },
  iteration: async stream => {
    await stream[Symbol.asyncIterator]().next()
  },
  'source and sink': async stream => {
    await pipe(
      stream as Stream & { source: AsyncIterable<Uint8Array> },
      async function* (source) {
        for await (const chunk of source) {
          yield chunk
          await new Promise(() => {})
        }
      },
      stream as never
    )
  }
}

/** Each offers a gigabyte, and returns how much was taken off its hands when nothing moves any more. */
const WRITERS: Record<string, (stream: Stream) => Promise<number>> = {
  'send and onDrain': async stream => {
    let sent = 0
    while (sent < OFFERED_BYTES) {
      sent += CHUNK.byteLength
      if (stream.send(CHUNK)) continue
      try {
        await stream.onDrain({ signal: AbortSignal.timeout(STALL_MS) })
      } catch {
        break
      }
    }
    return sent
  },
  sink: async stream => {
    let sent = 0
    let stalled = (): void => {}
    const stall = new Promise<void>(resolve => {
      stalled = resolve
    })
    let timer = setTimeout(stalled, STALL_MS)
    const source = async function* () {
      while (sent < OFFERED_BYTES) {
        sent += CHUNK.byteLength
        clearTimeout(timer)
        timer = setTimeout(stalled, STALL_MS)
        yield CHUNK
      }
    }
    const sinking = (stream as Stream & { sink(source: AsyncIterable<Uint8Array>): Promise<void> }).sink(source())
    sinking.catch(() => {})
    await stall
    return sent
  }
}

describe('a reader that stops reading stops the writer, over yamux, noise and TCP', () => {
  for (const [face, sleep] of Object.entries(SLEEPERS)) {
    for (const [idiom, write] of Object.entries(WRITERS)) {
      it(`read by ${face}, written by ${idiom}`, async () => {
        const options = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } }
        await using reader = await createLibp2p(options)
        await using writer = await createLibp2p(options)
        let inbound: Stream | undefined
        await reader.handle('/sleep/1.0.0', stream => {
          inbound = stream
          return sleep(stream)
        })
        const stream = await writer.dialProtocol(reader.getMultiaddrs(), '/sleep/1.0.0')
        const before = process.memoryUsage().rss
        const moved = await write(stream)
        expect(moved).toBeLessThan(ALLOWED_BYTES)
        expect(inbound?.readBufferLength ?? 0).toBeLessThanOrEqual(256 * 1024)
        expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_LIMIT_BYTES)
        stream.abort(new Error('seen enough'))
      })
    }
  }
})
