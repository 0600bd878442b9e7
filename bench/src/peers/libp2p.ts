/**
 * The workloads, written once against the contract that this project and js-libp2p share: neither is measured with
 * code that the other does not run.
 */
import type { Connection, Libp2p, Multiaddr, Stream } from '@ts-libp2p/interface'
import { Readings, repeat, Window } from './count.ts'
import { agentArguments, type Commands, PROCESS_COMMANDS, serve } from './protocol.ts'

export interface Implementation {
  readonly version: string
  /** A started node with TCP and WebSocket, noise and yamux; `services` adds identify and ping. */
  createNode(options: { listen: string[]; services: 'none' | 'all' }): Promise<Libp2p>
  multiaddr(text: string): Multiaddr
  /** Waits until a stream whose `send()` returned false takes more. Rejects when it ends. */
  drained(stream: Stream): Promise<void>
}

const ECHO = '/bench/echo/1.0.0'
const SINK = '/bench/sink/1.0.0'
const SOURCE = '/bench/source/1.0.0'
const LIMITS = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }
const MESSAGE = new Uint8Array(32).fill(7)
const LISTEN = { tcp: '/ip4/127.0.0.1/tcp/0', ws: '/ip4/127.0.0.1/tcp/0/ws' } as const
/** Nodes of a fleet that connect at the same time. */
const FLEET_PARALLEL = 8

export async function runAgent(implementation: Implementation): Promise<void> {
  const { role, transport, services } = agentArguments()
  const listen = role === 'server' ? [LISTEN[transport]] : []
  const node = await implementation.createNode({ listen, services })
  const readings = new Readings()
  const identified = countIdentified(node)
  if (role === 'server') await answerStreams(node, readings, implementation)
  const addr = node.getMultiaddrs()[0]?.toString() ?? ''
  serve({ addr, version: implementation.version }, { ...commands(implementation, node, readings), ...identified })
}

async function answerStreams(node: Libp2p, readings: Readings, { drained }: Implementation): Promise<void> {
  await node.handle(
    ECHO,
    quietly(stream => echo(stream, drained)),
    LIMITS
  )
  await node.handle(
    SINK,
    quietly(stream => read(stream, readings)),
    LIMITS
  )
  await node.handle(
    SOURCE,
    quietly(stream => source(stream, drained)),
    LIMITS
  )
}

/** The benchmark cuts streams when it has seen enough; that is no failure. */
function quietly(handler: (stream: Stream) => Promise<void>): (stream: Stream) => void {
  return stream => void handler(stream).catch(() => {})
}

type Drained = Implementation['drained']

async function echo(stream: Stream, drained: Drained): Promise<void> {
  for await (const chunk of stream) if (!stream.send(chunk)) await drained(stream)
  await stream.close()
}

async function read(stream: Stream, readings: Readings): Promise<void> {
  const reading = readings.open()
  try {
    for await (const chunk of stream) reading.bytes += chunk.byteLength
  } finally {
    readings.close(reading)
  }
}

/** The asker says how large the chunks shall be. */
async function source(stream: Stream, drained: Drained): Promise<void> {
  for await (const chunk of stream) return write(stream, Number(new TextDecoder().decode(chunk.subarray())), drained)
}

/** Until the stream is cut. */
async function write(stream: Stream, chunkBytes: number, drained: Drained): Promise<void> {
  const chunk = new Uint8Array(chunkBytes)
  for (;;) if (!stream.send(chunk)) await drained(stream)
}

function commands({ multiaddr, ...implementation }: Implementation, node: Libp2p, readings: Readings): Commands {
  const fleet: Libp2p[] = []
  const connect = (addr: string): Promise<Connection> => node.dial(multiaddr(addr))
  return {
    async upload({ addr, streams, chunkBytes }) {
      const connection = await connect(addr)
      const opened = await Promise.all(Array.from({ length: streams }, () => connection.newStream(SINK, LIMITS)))
      for (const stream of opened) write(stream, chunkBytes, implementation.drained).catch(() => {})
      return {}
    },
    async download({ addr, chunkBytes }) {
      const stream = await (await connect(addr)).newStream(SOURCE, LIMITS)
      stream.send(new TextEncoder().encode(String(chunkBytes)))
      read(stream, readings).catch(() => {})
      return {}
    },
    measure: request => readings.measure(request),
    async echo(request) {
      const stream = await (await connect(request.addr)).newStream(ECHO, LIMITS)
      return pingPong(stream, new Window(request))
    },
    async streams(request) {
      const connection = await connect(request.addr)
      return repeat(new Window(request), request.parallel, async () => {
        await echoOnce(await connection.newStream(ECHO, LIMITS))
      })
    },
    dial: request => repeat(new Window(request), 1, () => dialOnce(node, multiaddr(request.addr))),
    async firstByte({ addr }) {
      const startedAt = performance.now()
      const stream = await node.dialProtocol(multiaddr(addr), ECHO)
      stream.send(MESSAGE.subarray(0, 1))
      await receive(stream, 1)
      const ms = performance.now() - startedAt
      for (const connection of node.getConnections()) await connection.close()
      return { ms }
    },
    async fleet({ addr, count }) {
      let left = count
      const worker = async (): Promise<void> => {
        while (left-- > 0) {
          const member = await implementation.createNode({ listen: [], services: 'all' })
          fleet.push(member)
          await member.dial(multiaddr(addr))
        }
      }
      await Promise.all(Array.from({ length: FLEET_PARALLEL }, worker))
      return {}
    },
    ...PROCESS_COMMANDS,
    async stop() {
      for (const connection of node.getConnections()) connection.abort(new Error('the measurement is over'))
      return {}
    }
  }
}

async function pingPong(stream: Stream, window: Window): Promise<object> {
  let received = 0
  stream.send(MESSAGE)
  for await (const chunk of stream) {
    received += chunk.byteLength
    if (received < MESSAGE.byteLength) continue
    received = 0
    if (!window.tick()) break
    stream.send(MESSAGE)
  }
  await stream.close()
  return window.result()
}

async function dialOnce(node: Libp2p, addr: Multiaddr): Promise<void> {
  const connection = await node.dial(addr)
  await echoOnce(await connection.newStream(ECHO, LIMITS))
  await connection.close()
}

async function echoOnce(stream: Stream): Promise<void> {
  stream.send(MESSAGE)
  await receive(stream, MESSAGE.byteLength)
  await stream.close()
}

async function receive(stream: Stream, bytes: number): Promise<void> {
  let received = 0
  for await (const chunk of stream) {
    received += chunk.byteLength
    if (received >= bytes) return
  }
  throw new Error(`the stream ended after ${received} of ${bytes} bytes`)
}

function countIdentified(node: Libp2p): Commands {
  let identified = 0
  let changed = (): void => {}
  node.addEventListener('peer:identify', () => {
    identified++
    changed()
  })
  return {
    async identified({ count }) {
      while (identified < count) {
        await new Promise<void>(resolve => {
          changed = resolve
        })
      }
      return {}
    }
  }
}
