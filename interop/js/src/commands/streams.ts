import { randomBytes, randomInt } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Commands, Request } from '../lines.ts'
import type { PeerNode } from '../node.ts'
import { COUNT, ECHO, GREET, MANY, PERF, RESET, readAll, type TestStats, write, writeZeros } from '../protocols.ts'

/** The test protocols, asked, and what was seen when they were answered. */
export function streamCommands(node: PeerNode, stats: TestStats): Commands {
  const open = ({ addr }: Request, protocol: string) => node.dialProtocol(multiaddr(addr), protocol, MANY)
  const echoOnce = async (request: Request) => echo(await open(request, ECHO), request.bytes)
  return {
    echo: echoOnce,
    parallel: async request => {
      const results = await Promise.all(Array.from({ length: request.streams }, () => echoOnce(request)))
      return { equal: results.every(r => r.equal), streams: results.length }
    },
    count: async request => count(await open(request, COUNT), request.bytes),
    greet: async request => greet(await open(request, GREET), request.bytes),
    reset: async request => reset(await open(request, RESET)),
    sendReset: async request => sendReset(await open(request, ECHO)),
    perf: async request => {
      const startedAt = performance.now()
      const received = await measure(await open(request, PERF), request)
      return { received, seconds: (performance.now() - startedAt) / 1000 }
    },
    stats: async () => ({ ...stats })
  }
}

async function echo(stream: Stream, bytes: number): Promise<{ bytes: number; equal: boolean }> {
  const data = randomBytes(bytes)
  const answer = readAll(stream)
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + randomInt(1, 100_000))
    await write(stream, data.subarray(at, end))
    at = end
  }
  await stream.close()
  const back = await answer
  return { bytes: back.length, equal: data.equals(back) }
}

async function count(stream: Stream, bytes: number): Promise<object> {
  await writeZeros(stream, bytes)
  await stream.close()
  return { count: Number(Buffer.from(await readAll(stream)).toString()) }
}

async function greet(stream: Stream, bytes: number): Promise<object> {
  const greeting = Buffer.from(await readAll(stream)).toString()
  await writeZeros(stream, bytes)
  await stream.close()
  return { greeting }
}

async function reset(stream: Stream): Promise<object> {
  const closed = new Promise<string | undefined>(resolve => {
    stream.addEventListener('close', event => resolve(event.error?.name), { once: true })
  })
  stream.send(Uint8Array.of(1))
  return { error: await closed, status: stream.status }
}

async function sendReset(stream: Stream): Promise<object> {
  const answered = new Promise(resolve => stream.addEventListener('message', resolve, { once: true }))
  stream.send(Uint8Array.of(1))
  await answered
  stream.abort(new Error('asked to'))
  return {}
}

async function measure(stream: Stream, { up, down }: Request): Promise<number> {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(down))
  stream.send(head)
  await writeZeros(stream, up)
  await stream.close()
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  return received
}
