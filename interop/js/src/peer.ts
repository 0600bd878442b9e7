/**
 * An unmodified js-libp2p node driven by JSON lines: `{ "id": 1, "cmd": "dial", … }` on standard input is answered by
 * `{ "id": 1, "ok": true, … }` or `{ "id": 1, "ok": false, "error": "…" }` on standard output. The commands and the
 * test protocols are described in `interop/README.md`.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { createInterface } from 'node:readline'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { mplex } from '@libp2p/mplex'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'js-libp2p'

const ECHO = '/interop/echo/1.0.0'
const COUNT = '/interop/count/1.0.0'
const GREET = '/interop/greet/1.0.0'
const RESET = '/interop/reset/1.0.0'
const FILE = '/interop/file/1.0.0'
const PERF = '/perf/1.0.0'
const MANY = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }

// The suite opens streams quickly, and identifies beside the node's own identify.
const muxers = { yamux: yamux(), mplex: mplex({ disconnectThreshold: 10_000 }) }
const muxer = process.env.MUXER === 'mplex' ? muxers.mplex : muxers.yamux
const stats = { resets: 0, received: 0 }

const node = await createLibp2p({
  privateKey: await generateKeyPair('Ed25519'),
  addresses: { listen: (process.env.LISTEN ?? '/ip4/127.0.0.1/tcp/0,/ip4/127.0.0.1/tcp/0/ws').split(',') },
  transports: [tcp(), webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [muxer],
  connectionGater: { denyDialMultiaddr: () => false },
  services: { identify: identify({ maxOutboundStreams: 4 }), ping: ping() }
})

type Chunk = Parameters<Stream['send']>[0]

async function write(stream: Stream, chunk: Chunk): Promise<void> {
  if (!stream.send(chunk)) await stream.onDrain()
}

async function writeZeros(stream: Stream, bytes: number): Promise<void> {
  const block = new Uint8Array(64 * 1024)
  for (let left = bytes; left > 0; left -= block.byteLength) {
    await write(stream, left < block.byteLength ? block.subarray(0, left) : block)
  }
}

/**
 * By events: `for await` would never end on a stream whose remote closed its writing before the iteration began. What
 * a negotiation read too far is given back after `end`, so the buffer counts as well.
 */
function readAll(stream: Stream): Promise<Uint8Array> {
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

/** A handler whose stream fails counts it as a reset seen, and leaves the process alone. */
const guarded = (run: (stream: Stream) => Promise<void>) => (stream: Stream) => {
  run(stream).catch(() => {
    stats.resets++
  })
}

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
    for await (const _ of stream) {
      stream.abort(new Error('asked to'))
      return
    }
  }),
  MANY
)

await node.handle(
  FILE,
  guarded(async stream => {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of stream) {
      for (const part of chunk instanceof Uint8Array ? [chunk] : chunk) hash.update(part)
      bytes += chunk.byteLength
    }
    stream.send(new TextEncoder().encode(JSON.stringify({ bytes, sha256: hash.digest('hex') })))
    await stream.close()
  }),
  MANY
)

await node.handle(
  PERF,
  guarded(async stream => {
    let head = Buffer.alloc(0)
    for await (const chunk of stream) if (head.length < 8) head = Buffer.concat([head, chunk.subarray()])
    await writeZeros(stream, Number(head.readBigUInt64BE(0)))
    await stream.close()
  }),
  MANY
)

interface Request {
  id: number
  cmd: string
  addr?: string
  bytes?: number
  up?: number
  down?: number
  streams?: number
}

const open = (request: Request, protocol: string) => node.dialProtocol(multiaddr(request.addr), protocol, MANY)

async function echoOnce(request: Request): Promise<{ bytes: number; equal: boolean }> {
  const stream = await open(request, ECHO)
  const data = randomBytes(request.bytes ?? 0)
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

const commands: Record<string, (request: Request) => Promise<object>> = {
  info: async () => ({ peerId: node.peerId.toString(), addrs: node.getMultiaddrs().map(String) }),
  dial: async request => {
    const connection = await node.dial(multiaddr(request.addr))
    return { peerId: connection.remotePeer.toString(), security: connection.encryption, muxer: connection.multiplexer }
  },
  ping: async request => ({ rttMs: await node.services.ping.ping(multiaddr(request.addr)) }),
  identify: async request => {
    const result = await node.services.identify.identify(await node.dial(multiaddr(request.addr), { force: true }))
    return {
      ...{ peerId: result.peerId.toString(), agentVersion: result.agentVersion, protocols: result.protocols },
      ...{ listenAddrs: result.listenAddrs.map(String), observedAddr: result.observedAddr?.toString() },
      signedAddrs: result.signedPeerRecord?.addresses.map(String)
    }
  },
  echo: echoOnce,
  parallel: async request => {
    const results = await Promise.all(Array.from({ length: request.streams ?? 1 }, () => echoOnce(request)))
    return { equal: results.every(r => r.equal), streams: results.length }
  },
  count: async request => {
    const stream = await open(request, COUNT)
    await writeZeros(stream, request.bytes ?? 0)
    await stream.close()
    return { count: Number(Buffer.from(await readAll(stream)).toString()) }
  },
  greet: async request => {
    const stream = await open(request, GREET)
    const greeting = Buffer.from(await readAll(stream)).toString()
    await writeZeros(stream, request.bytes ?? 0)
    await stream.close()
    return { greeting }
  },
  reset: async request => {
    const stream = await open(request, RESET)
    const closed = new Promise<{ name?: string }>(resolve => {
      stream.addEventListener('close', event => resolve({ name: event.error?.name }), { once: true })
    })
    stream.send(Uint8Array.of(1))
    return { error: (await closed).name, status: stream.status }
  },
  sendReset: async request => {
    const stream = await open(request, ECHO)
    const answered = new Promise(resolve => stream.addEventListener('message', resolve, { once: true }))
    stream.send(Uint8Array.of(1))
    await answered
    stream.abort(new Error('asked to'))
    return {}
  },
  perf: async request => {
    const startedAt = performance.now()
    const stream = await open(request, PERF)
    const head = Buffer.alloc(8)
    head.writeBigUInt64BE(BigInt(request.down ?? 0))
    stream.send(head)
    await writeZeros(stream, request.up ?? 0)
    await stream.close()
    let received = 0
    for await (const chunk of stream) received += chunk.byteLength
    return { received, seconds: (performance.now() - startedAt) / 1000 }
  },
  stats: async () => ({ ...stats }),
  connections: async () => ({ count: node.getConnections().length }),
  stop: async () => {
    await node.stop()
    return {}
  }
}

async function answer(line: string): Promise<void> {
  const request = JSON.parse(line) as Request
  let reply: object
  try {
    const command = commands[request.cmd]
    if (command === undefined) throw new Error(`unknown command ${request.cmd}`)
    reply = { ok: true, ...(await command(request)) }
  } catch (err) {
    reply = { ok: false, error: err instanceof Error ? `${err.name}: ${err.message}` : String(err) }
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...reply })}\n`)
  if (request.cmd === 'stop') process.exit(0)
}

const lines = createInterface({ input: process.stdin })
lines.on('line', line => void answer(line))
lines.on('close', () => process.exit(0))
