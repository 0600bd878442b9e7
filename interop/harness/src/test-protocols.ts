import { bytesEqual } from '@ts-libp2p/bytes'
import type { Libp2p, MessageStream, Stream } from '@ts-libp2p/interface'
import { StreamReader } from '@ts-libp2p/stream'

/** Gives back what it gets, and closes when the other side does. */
export const ECHO = '/interop/echo/1.0.0'
/** Reads to the end, then answers how many bytes there were: the asker has closed its writing by then. */
export const COUNT = '/interop/count/1.0.0'
/** Says hello and closes its writing at once, then reads to the end. */
export const GREET = '/interop/greet/1.0.0'
/** Resets the stream at its first byte, which is the code to give; 0 for none. */
export const RESET = '/interop/reset/1.0.0'

/** Streams of one protocol that the tests open at once; more than the default limit. */
export const MANY = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }

const BLOCK = new Uint8Array(64 * 1024)

export interface TestStats {
  /** The codes of the streams that the other side reset; 0 where there was none. */
  resets: number[]
  /** Bytes that arrived after we had closed our writing. */
  received: number
}

/** Answers the test protocols, and tells what was seen. */
export async function answerTestProtocols(node: Pick<Libp2p, 'handle'>): Promise<TestStats> {
  const stats: TestStats = { resets: [], received: 0 }
  const guarded = (run: (stream: Stream) => Promise<void>) => (stream: Stream) =>
    run(stream).catch((err: { remoteCode?: number }) => {
      stats.resets.push(err.remoteCode ?? 0)
    })
  await node.handle(
    ECHO,
    guarded(async stream => {
      for await (const chunk of stream) await write(stream, chunk)
      await stream.close()
    }),
    MANY
  )
  await node.handle(
    COUNT,
    guarded(async stream => {
      let count = 0
      for await (const chunk of stream) count += chunk.byteLength
      stream.send(new TextEncoder().encode(String(count)))
      await stream.close()
    }),
    MANY
  )
  await node.handle(
    GREET,
    guarded(async stream => {
      stream.send(new TextEncoder().encode('hello'))
      await stream.close()
      for await (const chunk of stream) stats.received += chunk.byteLength
    }),
    MANY
  )
  await node.handle(
    RESET,
    guarded(async stream => {
      const [code = 0] = await new StreamReader(stream).read(1)
      stream.abort(resetError(code))
    }),
    MANY
  )
  return stats
}

/** What a stream is aborted with so that yamux gives the code. */
export function resetError(code: number): Error {
  return Object.assign(new Error('asked to'), code === 0 ? {} : { resetCode: code })
}

export async function write(stream: MessageStream, chunk: Parameters<MessageStream['send']>[0]): Promise<void> {
  if (!stream.send(chunk)) await stream.onDrain()
}

export async function writeZeros(stream: MessageStream, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= BLOCK.byteLength) {
    await write(stream, left < BLOCK.byteLength ? BLOCK.subarray(0, left) : BLOCK)
  }
}

export async function readAll(stream: MessageStream, limitBytes: number = 64 * 1024 * 1024): Promise<Uint8Array> {
  return await new StreamReader(stream).readToEnd({ limitBytes })
}

/** Sends random bytes in random pieces while it reads them back. */
export async function echo(stream: MessageStream, bytes: number): Promise<{ bytes: number; equal: boolean }> {
  const data = randomBytes(bytes)
  const answer = readAll(stream)
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + 1 + Math.floor(Math.random() * 100_000))
    await write(stream, data.subarray(at, end))
    at = end
  }
  await stream.close()
  const back = await answer
  return { bytes: back.length, equal: bytesEqual(data, back) }
}

function randomBytes(length: number): Uint8Array {
  const out = new Uint8Array(length)
  for (let at = 0; at < length; at += 65536) crypto.getRandomValues(out.subarray(at, Math.min(length, at + 65536)))
  return out
}
