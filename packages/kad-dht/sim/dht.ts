/**
 * The DHT in the simulated network, at length: `pnpm sim dht [scale|cold|provide|attack|large …] [--seed 1] [--size 1000]`. The
 * short forms are in `test/scale.test.ts`, the figures in docs/kad-dht.md.
 */
import { parseArgs } from 'node:util'
import type { KadDHTOptions } from '../src/options.ts'
import { unsettle } from './churn.ts'
import {
  coldLookups,
  type LookupFigures,
  lookups,
  type ProviderFigures,
  provideAndFind,
  provides
} from './experiments.ts'
import { SimNetwork } from './sim-network.ts'
import { attack, crowd } from './sybils.ts'

const MINUTE_MS = 60_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, size: { type: 'string' } }
})
const seed = values.seed
/** Of the experiment under way. */
let size = 0

/** Ids made for a key, and the networks that they are of. */
const ATTACKS: readonly (readonly [sybils: number, networks: number])[] = [
  [60, 1],
  [20, 4],
  [60, 4],
  [60, 16],
  [60, 60],
  [200, 60]
]

const DEFENCES: Readonly<Record<string, KadDHTOptions['diversity']>> = {
  'as it is': {},
  'without the region around a key': { region: 0 },
  'without limits for networks': { perLookup: 1e6, perBucket: 20, perTable: 1e6 },
  'without either': { perLookup: 1e6, perBucket: 20, perTable: 1e6, region: 0 }
}

const EXPERIMENTS: Readonly<Record<string, () => void>> = {
  scale() {
    const net = network(size, { settleMs: 5 * MINUTE_MS })
    print('at rest', lookups(net, { count: 100 }))
    unsettle(net, 0.2)
    net.cores.run({ ms: 30 * MINUTE_MS })
    print('half an hour of churn later, 20 % silent', lookups(net, { count: 300, pauseMs: 500 }))
    printProviders('provide, half an hour of churn, find', provideAndFind(net, { count: 100, laterMs: 30 * MINUTE_MS }))
  },
  cold() {
    const net = network(size, { settleMs: 15 * MINUTE_MS })
    print('table kept, nobody connected', coldLookups(net, { count: 300, knowsBootstrap: false }))
    print('a second after the first start', coldLookups(net, { count: 300, knowsBootstrap: true }))
    net.silence(0.2)
    print('table kept, nobody connected, 20 % silent', coldLookups(net, { count: 300, knowsBootstrap: false }))
  },
  provide() {
    const net = network(size, { settleMs: 5 * MINUTE_MS })
    for (const isOptimistic of [false, true]) {
      const { messages, endMs, told, recall } = provides(net, { count: 200, isOptimistic })
      const counts = `${messages.toFixed(1)} messages; ${told.toFixed(1)} told, ${percent(recall)} of the k nearest`
      console.log(`${isOptimistic ? 'optimistically' : 'to the end'}: ${counts}; end after ${times(endMs)}`)
    }
  },
  attack() {
    for (const [what, diversity] of Object.entries(DEFENCES)) {
      const net = network(size, { settleMs: 5 * MINUTE_MS, options: { diversity } })
      console.log(`\n### ${what}`)
      print('at rest', lookups(net, { count: 100 }))
      console.table(ATTACKS.map(([sybils, networks]) => attack(net, { sybils, networks, strangers: 30 })))
      console.log(`200 ids of one /24 connect to a node: ${crowd(net, 200).inTable} get into its routing table`)
    }
  },
  /** Honest nodes that are many in a network. */
  cluster() {
    for (const share of [0.1, 0.5, 1]) {
      for (const perLookup of [2, 5, Number.POSITIVE_INFINITY]) {
        console.log(`\n### ${percent(share)} of all in one /24, ${perLookup} of a /24 among the nearest of a lookup`)
        const net = network(size, {
          settleMs: 5 * MINUTE_MS,
          addressOf: index => ((index * 7) % 10 < share * 10 ? `/ip4/45.1.7.1/tcp/${4001 + index}` : undefined),
          options: { diversity: { perLookup } }
        })
        print('at rest', lookups(net, { count: 100 }))
        printProviders('provide, find', provideAndFind(net, { count: 100, laterMs: MINUTE_MS }))
      }
    }
  },
  large() {
    const net = network(size, { isRebuilt: true, settleMs: MINUTE_MS })
    print('at rest', lookups(net, { count: 300 }))
    printProviders('provide, find', provideAndFind(net, { count: 100, laterMs: MINUTE_MS }))
  }
}

for (const name of positionals.length > 0 ? positionals : Object.keys(EXPERIMENTS)) {
  const experiment = EXPERIMENTS[name]
  if (experiment === undefined)
    throw new Error(`there is no experiment ${name}: ${Object.keys(EXPERIMENTS).join(', ')}`)
  size = Number(values.size ?? (name === 'large' ? 10_000 : 1000))
  console.log(`\n## ${name}, seed ${seed}`)
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()]
  experiment()
  const rss = Math.round(process.resourceUsage().maxRSS / 1000)
  const seconds = ((performance.now() - from) / 1000).toFixed(0)
  const cpu = (process.cpuUsage(cpuFrom).user / 1e6).toFixed(0)
  console.log(`${seconds} s of real time, ${cpu} s of processor time, ${rss} MB at most`)
}

function network(
  nodes: number,
  {
    settleMs,
    isRebuilt = false,
    ...options
  }: { settleMs: number; isRebuilt?: boolean } & Partial<ConstructorParameters<typeof SimNetwork>[0]>
): SimNetwork {
  const net = new SimNetwork({ size: nodes, seed, joinsPerSecond: 20, ...options })
  if (isRebuilt) net.rebuild({ settleMs })
  else net.build({ settleMs })
  const { messages, bytes } = net.cores.stats
  const tables = net.answering().map(index => net.node(index).core.table.size)
  const average = tables.reduce((sum, count) => sum + count, 0) / tables.length
  const minutes = (net.cores.nowMs / MINUTE_MS).toFixed(0)
  console.log(
    `${nodes} nodes, ${minutes} min, ${average.toFixed(0)} peers in a table, ${messages} messages, ${bytes >> 20} MiB`
  )
  return net
}

function print(what: string, figures: LookupFigures): void {
  const { success, recall, hops, messages, nearestMs, endMs } = figures
  const bits = Math.log2(size)
  console.log(
    `${what}: nearest found ${percent(success)}, of the k nearest ${percent(recall)}, ${hops.toFixed(2)} hops ` +
      `(log2 N = ${bits.toFixed(1)}: ${(bits / hops).toFixed(1)} bits a hop), ${messages.toFixed(1)} messages; ` +
      `nearest after ${times(nearestMs)}, end after ${times(endMs)}`
  )
}

function printProviders(what: string, { success, findMs }: ProviderFigures): void {
  console.log(`${what}: ${percent(success)} found, after ${times(findMs)}`)
}

function times({ p50, p99, max }: { p50: number; p99: number; max: number }): string {
  return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
