import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Connection, Stream } from '@ts-libp2p/interface'
import { createLibp2p, type Libp2pNode } from '@ts-libp2p/libp2p'
import { systemClock } from '@ts-libp2p/stream'
import { activeHandles, SeededRandom } from '@ts-libp2p/testing'
import { usedBytes } from '@ts-libp2p/testing/memory'
import { CountingClock } from './counting-clock.ts'

export interface SoakOptions {
  readonly durationMs: number
  /** Connections that are open at once. */
  readonly connections: number
  readonly seed: string
  readonly report?: (figures: SoakFigures) => void
}

/** What is in use, and what was done so far. */
export interface SoakFigures {
  readonly usedBytes: number
  readonly handles: number
  readonly timers: number
  readonly listeners: number
  readonly connectionsOpened: number
  readonly streamsOpened: number
  readonly streamsReset: number
  readonly echoedBytes: number
  readonly eventLoopDelayP99Ms: number
}

/** Peers that the node talks to; each has several connections in turn. */
const PEERS = 20
const REPORT_EVERY_MS = 30_000
const CHURN_PER_ROUND = 4

/**
 * A node with connections that come and go, and streams on them that are opened, used, ended and reset at random.
 * Resolves with what was in use when all was set up and idle, and again in the end when all is idle.
 */
export async function soak(options: SoakOptions): Promise<{ before: SoakFigures; after: SoakFigures }> {
  const run = new Soak(options)
  await run.start()
  try {
    // Once around, so that what is made once and kept is not taken for a leak.
    await run.churn(Math.min(10_000, options.durationMs / 4))
    await run.rest()
    const before = await run.figures()
    await run.churn(options.durationMs)
    await run.rest()
    return { before, after: await run.figures() }
  } finally {
    await run.stop()
  }
}

class Soak {
  private readonly options: SoakOptions
  private readonly random: SeededRandom
  private readonly clock = new CountingClock(systemClock)
  private readonly delay = monitorEventLoopDelay()
  private readonly open = new Set<Connection>()
  private hub!: Libp2pNode
  private peers: Libp2pNode[] = []
  private connectionsOpened = 0
  private streamsOpened = 0
  private streamsReset = 0
  private echoedBytes = 0

  constructor(options: SoakOptions) {
    this.options = options
    this.random = new SeededRandom(options.seed)
  }

  async start(): Promise<void> {
    const limits = {
      ...{ maxConnections: 1000, maxConnectionsPerPeer: 100, inboundPerHostPerSecond: 1e6, inboundPerHostBurst: 1e6 }
    }
    const { clock } = this
    this.hub = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, limits, clock })
    await this.hub.handle('/echo/1.0.0', stream => stream.sink(stream.source))
    this.peers = await Promise.all(
      Array.from({ length: PEERS }, () => createLibp2p({ addresses: { listen: [] }, limits, clock }))
    )
    this.delay.enable()
  }

  /** Opens, uses and ends connections and streams until the time is over. */
  async churn(ms: number): Promise<void> {
    const until = performance.now() + ms
    let reported = performance.now()
    while (performance.now() < until) {
      await Promise.all([this.churnConnections(), this.useStreams()])
      if (performance.now() - reported < REPORT_EVERY_MS) continue
      reported = performance.now()
      this.options.report?.(await this.figures())
    }
  }

  /** Ends everything and lets it come to rest. */
  async rest(): Promise<void> {
    await Promise.all([...this.open].map(connection => connection.close()))
    this.open.clear()
    for (let quiet = 0; quiet < 3; ) {
      await new Promise(resolve => setTimeout(resolve, 500))
      quiet = this.hub.getConnections().length === 0 ? quiet + 1 : 0
    }
  }

  async stop(): Promise<void> {
    this.delay.disable()
    await Promise.all([this.hub, ...this.peers].map(node => node.stop()))
  }

  async figures(): Promise<SoakFigures> {
    const { connectionsOpened, streamsOpened, streamsReset, echoedBytes } = this
    return {
      usedBytes: await usedBytes(),
      handles: activeHandles().filter(kind => kind !== 'Immediate').length,
      timers: this.clock.pending,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      ...{ connectionsOpened, streamsOpened, streamsReset, echoedBytes },
      eventLoopDelayP99Ms: Math.round(this.delay.percentile(99) / 1e6)
    }
  }

  private async churnConnections(): Promise<void> {
    const missing = this.options.connections - this.open.size
    const wanted = Math.min(20, missing + CHURN_PER_ROUND)
    await Promise.all(Array.from({ length: Math.max(0, wanted) }, () => this.connect()))
    for (const connection of [...this.open].slice(0, Math.max(0, this.open.size - this.options.connections))) {
      this.open.delete(connection)
      if (this.random.chance(0.5)) await connection.close()
      else connection.abort(new Error('churn'))
    }
  }

  private async connect(): Promise<void> {
    const peer = this.random.pick(this.peers)
    const connection = await peer.dial(this.hub.getMultiaddrs(), { force: true })
    this.connectionsOpened++
    this.open.add(connection)
    connection.addEventListener('close', () => this.open.delete(connection))
  }

  private async useStreams(): Promise<void> {
    const all = [...this.open].filter(({ status }) => status === 'open')
    if (all.length === 0) return
    await Promise.all(Array.from({ length: 20 }, () => this.useStream(this.random.pick(all))))
  }

  private async useStream(connection: Connection): Promise<void> {
    try {
      const stream = await connection.newStream('/echo/1.0.0')
      this.streamsOpened++
      if (this.random.chance(0.3)) this.reset(stream)
      else await this.echo(stream)
    } catch (err) {
      // Its connection was churned meanwhile: then, and only then, a stream may fail.
      if (connection.status === 'open') throw err
    }
  }

  private reset(stream: Stream): void {
    this.streamsReset++
    if (this.random.chance(0.5)) stream.send(this.random.bytes(1 + this.random.int(2000)))
    stream.abort(new Error('churn'))
  }

  private async echo(stream: Stream): Promise<void> {
    const length = this.random.chance(0.1) ? 300_000 : 1 + this.random.int(2000)
    const sending = (async () => {
      if (!stream.send(new Uint8Array(length))) await stream.onDrain()
      await stream.close()
    })()
    sending.catch(() => {})
    for await (const chunk of stream) this.echoedBytes += chunk.byteLength
    await sending
  }
}
