/**
 * What simulated nodes and bare cores cost. From the root:
 *
 *     node --expose-gc --conditions=@ts-libp2p/source packages/libp2p/bench/simulation.ts [nodes] [dials of each]
 */
import { ping } from '@ts-libp2p/ping'
import { type CorePort, type Host, simulate, simulateCores, wideArea } from '@ts-libp2p/testing/simulation'
import { createLibp2p } from '../src/index.ts'

const [nodes = 1000, dialsEach = 4] = process.argv.slice(2).map(Number)
const CORES = 10_000

interface Cost {
  /** Of the processor, so that a busy machine counts less. */
  readonly cpuMs: number
  readonly heapBytes: number
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function costOf(work: () => unknown): Promise<Cost> {
  const [heap, cpu] = [heapBytes(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuMs: (user + system) / 1000, heapBytes: heapBytes() - heap }
}

function report(what: string, { cpuMs, heapBytes }: Cost, per: number, unit: string): void {
  const each = `${((cpuMs * 1000) / per).toFixed(1)} µs and ${(heapBytes / per / 1000).toFixed(2)} kB per ${unit}`
  console.log(`${what.padEnd(46)} ${cpuMs.toFixed(0).padStart(7)} ms  ${each}`)
}

async function wholeNodes(): Promise<void> {
  const run = (host: Host) => createLibp2p({ ...host.options(), services: { ping: ping({ intervalMs: 15_000 }) } })
  const world = simulate({ seed: 7, link: { latencyMs: 20, jitterMs: 5 } })
  const hosts: Host<Awaited<ReturnType<typeof run>>>[] = []
  const begin = async (): Promise<void> => {
    for (let i = 0; i < nodes; i++) hosts.push(world.host({ run }))
    for (const host of hosts) await host.start()
  }
  const connect = async (): Promise<void> => {
    const dials = hosts.flatMap((host, i) =>
      Array.from({ length: dialsEach }, (_, k) => host.node?.dial(hosts[(i + 1 + 7 * k) % nodes]?.address ?? []))
    )
    await world.until(Promise.all(dials))
    await world.run({ ms: 10_000 })
  }
  report(`${nodes} whole nodes`, await costOf(begin), nodes, 'node')
  report(`${nodes * dialsEach} connections, identified`, await costOf(connect), nodes * dialsEach, 'connection')
  const before = world.stats.deliveries
  const idle = await costOf(() => world.run({ ms: 600_000 }))
  report('ten minutes, a ping each way every 15 s', idle, world.stats.deliveries - before, 'delivery')
  console.log(`resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, fingerprint ${world.fingerprint}`)
}

async function bareCores(): Promise<void> {
  const net = simulateCores<number>({ seed: 7, link: wideArea(), create: chatter })
  report(`${CORES} bare cores`, await costOf(() => net.add(CORES)), CORES, 'core')
  const run = await costOf(() => net.run({ ms: 10_000 }))
  report('ten seconds, 10 messages each second from each', run, net.stats.messages, 'message')
}

/** Sends ten messages a second to anybody. */
function chatter(port: CorePort<number>): { receive: () => void } {
  const beat = (): void => {
    port.after(1000, beat)
    for (let i = 0; i < 10; i++) port.send(port.random.int(CORES), i, 100)
  }
  port.after(port.random.int(1000), beat)
  return { receive: () => {} }
}

await wholeNodes()
await bareCores()
