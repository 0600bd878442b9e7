import { createHash } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import type { PeerNode } from './node.ts'

export const ECHO = '/interop/echo/1.0.0'
export const COUNT = '/interop/count/1.0.0'
export const GREET = '/interop/greet/1.0.0'
export const RESET = '/interop/reset/1.0.0'
const FILE = '/interop/file/1.0.0'
export const PERF = '/perf/1.0.0'
export const MANY = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }

export interface TestStats {
  resets: number
  received: number
}

type Chunk = Parameters<Stream['send']>[0]

export async function answerTestProtocols(node: PeerNode): Promise<TestStats> {
  const stats: TestStats = { resets: 0, received: 0 }
  const answers: Record<string, (stream: Stream) => Promise<void>> = {
    [ECHO]: echo,
    [COUNT]: count,
    [GREET]: stream => greet(stream, stats),
    [RESET]: reset,
    [FILE]: hashFile,
    [PERF]: perf
  }
  // A handler whose stream fails counts it as a reset seen, and leaves the process alone.
  const guarded = (run: (stream: Stream) => Promise<void>) => (stream: Stream) => {
    run(stream).catch(() => {
      stats.resets++
    })
  }
  for (const [protocol, run] of Object.entries(answers)) await node.handle(protocol, guarded(run), MANY)
  return stats
}

async function echo(stream: Stream): Promise<void> {
  for await (const chunk of stream) await write(stream, chunk)
  await stream.close()
}

async function count(stream: Stream): Promise<void> {
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.byteLength
  stream.send(new TextEncoder().encode(String(bytes)))
  await stream.close()
}

async function greet(stream: Stream, stats: TestStats): Promise<void> {
  stream.send(new TextEncoder().encode('hello'))
  await stream.close()
  for await (const chunk of stream) stats.received += chunk.byteLength
}

async function reset(stream: Stream): Promise<void> {
  for await (const _ of stream) {
    stream.abort(new Error('asked to'))
    return
  }
}

async function hashFile(stream: Stream): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of stream) {
    for (const part of chunk instanceof Uint8Array ? [chunk] : chunk) hash.update(part)
    bytes += chunk.byteLength
  }
  stream.send(new TextEncoder().encode(JSON.stringify({ bytes, sha256: hash.digest('hex') })))
  await stream.close()
}

async function perf(stream: Stream): Promise<void> {
  let head = Buffer.alloc(0)
  for await (const chunk of stream) if (head.length < 8) head = Buffer.concat([head, chunk.subarray()])
  await writeZeros(stream, Number(head.readBigUInt64BE(0)))
  await stream.close()
}

export async function write(stream: Stream, chunk: Chunk): Promise<void> {
  if (!stream.send(chunk)) await stream.onDrain()
}

export async function writeZeros(stream: Stream, bytes: number): Promise<void> {
  const block = new Uint8Array(64 * 1024)
  for (let left = bytes; left > 0; left -= block.byteLength) {
    await write(stream, left < block.byteLength ? block.subarray(0, left) : block)
  }
}

/**
 * By events: `for await` would never end on a stream whose remote closed its writing before the iteration began. What
 * a negotiation read too far is given back after `end`, so the buffer counts as well.
 */
export function readAll(stream: Stream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  return new Promise((resolve, reject) => {
    const finish = () => {
      const isOver = stream.readableEnded || stream.status !== 'open'
      if (isOver && stream.readBufferLength === 0) resolve(Buffer.concat(chunks))
    }
    stream.addEventListener('message', event => {
      chunks.push(event.data.subarray())
      finish()
    })
    stream.addEventListener('end', finish)
    stream.addEventListener('close', event => (event.error === undefined ? finish() : reject(event.error)))
    finish()
  })
}
