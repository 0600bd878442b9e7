import type { Row, Workload } from '../workload.ts'

const SERVERS = 30
const QUICK_SERVERS = 8
const PARALLEL = 10

const AMONG = `among ${SERVERS} servers in one process that all know each other`

const ROWS: readonly Row[] = [
  {
    ...{ name: 'dht', unit: '1/s', higherIsBetter: true },
    about: `Lookups of the 20 peers nearest to random keys ${AMONG}, by each in turn, one after another.`
  },
  { name: 'dht-p99', unit: 'ms', higherIsBetter: false, about: 'The 99th percentile of their times.' },
  { name: 'dht-cpu', unit: 'ms', higherIsBetter: false, about: 'CPU time for each of them, all nodes together.' },
  { name: 'dht-parallel', unit: '1/s', higherIsBetter: true, about: `The same lookups, ${PARALLEL} at a time.` },
  {
    ...{ name: 'dht-provide', unit: 'ms', higherIsBetter: false },
    about: 'One of those servers announces a content to the 20 nearest, the lookup for them included; median.'
  },
  {
    ...{ name: 'dht-find', unit: 'ms', higherIsBetter: false },
    about: 'A client, which keeps no records itself, finds the provider of that content; median.'
  },
  {
    ...{ name: 'dht-heap', unit: 'kB', higherIsBetter: false },
    about: 'Heap per server with its connections to all others, after those lookups.'
  }
]

/** The DHT: who is near a key, and who provides some content. */
export const dht: Workload = {
  name: 'dht',
  peers: ['js'],
  rows: ROWS,
  async run({ agents, pace: { quick, warmupMs, durationMs } }) {
    const [agent] = await agents(1, { program: 'dht', exposeGc: true })
    if (agent === undefined) throw new Error('no process was started')
    const count = quick ? QUICK_SERVERS : SERVERS
    const { heapBytes: before = 0 } = await agent.ask('heap')
    await agent.ask('dhtServers', { count })
    await agent.ask('dhtLookups', { parallel: 1, durationMs: warmupMs }, warmupMs)
    const lookups = await agent.ask('dhtLookups', { parallel: 1, durationMs }, durationMs)
    const parallel = await agent.ask('dhtLookups', { parallel: PARALLEL, durationMs }, durationMs)
    const { heapBytes: after = 0 } = await agent.ask('heap')
    const contents = await agent.ask('dhtContents', { durationMs }, durationMs)
    return {
      dht: rate(lookups),
      'dht-p99': lookups.p99Ms as number,
      'dht-cpu': (lookups.cpuMs as number) / (lookups.count as number),
      'dht-parallel': rate(parallel),
      'dht-provide': contents.provideMs as number,
      'dht-find': contents.findMs as number,
      'dht-heap': (after - before) / count / 1000
    }
  }
}

function rate({ count = 0, ms = 0 }: { count?: number; ms?: number }): number {
  return (count / ms) * 1000
}
