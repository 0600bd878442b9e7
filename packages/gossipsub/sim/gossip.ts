/**
 * Gossipsub in the simulated network, at length: `pnpm sim gossip [scale|attack …] [--seed 1] [--size 1000]
 * [--only defaults]`; scale: `--minutes 3`; attack: `--rate 12` messages a second, `--seconds 60` of messages instead of
 * all, `--progress` every ten seconds. The short forms are in `test/scale.test.ts` and `test/attack.test.ts`, the
 * figures in docs/pubsub.md.
 */
import { parseArgs } from 'node:util'
import { ethereumConsensus, type GossipsubOptions } from '../src/index.ts'
import { ATTACKS, attack } from './attack.ts'
import type { DeliveryFigures } from './deliveries.ts'
import { scale } from './scale.ts'

const string = { type: 'string' } as const
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ seed: { ...string, default: '1' }, size: { ...string, default: '1000' }, minutes: string },
    ...{ only: string, rate: { ...string, default: '12' }, seconds: string },
    progress: { type: 'boolean', default: false }
  }
})
const seed = values.seed
const size = Number(values.size)

const EXPERIMENTS: Readonly<Record<string, () => void>> = {
  scale() {
    const minutes = Number(values.minutes ?? 3)
    // The mesh of Ethereum's consensus layer, which is also that of the evaluation report, and what else differs in Go.
    const { D, Dlo, Dhi, Dlazy, floodPublish } = ethereumConsensus
    const variants: Readonly<Record<string, GossipsubOptions>> = {
      'as Go': { D, Dlo, Dhi, Dlazy, floodPublish, idontwantMinDataSize: 1024 },
      defaults: {}
    }
    for (const [name, options] of chosen(variants)) {
      const figures = scale({ size, seed, options, publishMs: minutes * 60_000, churnPerMinute: 0.05 })
      console.log(
        `\n${name}, ${minutes} min, ${figures.overhead.toFixed(2)} bytes sent for one; ${figures.fingerprint}`
      )
      print('1 KiB', figures.news)
      print('96 KiB', figures.blobs)
      console.log(Object.fromEntries(figures.dropped))
    }
  },
  attack() {
    for (const [name, of] of chosen(ATTACKS)) {
      const from = process.cpuUsage()
      const publishMs = values.seconds === undefined ? of.publishMs : 1000 * Number(values.seconds)
      const scaled = { ...of, sybils: Math.round((of.sybils * size) / 1000), publishMs }
      const figures = attack(scaled, {
        ...{ seed, size, publishers: size / 10, messagesPerSecond: Number(values.rate) },
        ...(values.progress ? { onSample: printSample } : {})
      })
      const shares = figures.sybilShares.map(share => (100 * share).toFixed(0)).join(' ')
      console.log(
        `\n### ${name}: ${scaled.sybils} sybils, ${(process.cpuUsage(from).user / 1e6).toFixed(0)} s of CPU time`
      )
      print('all', figures.all)
      print('of the target', figures.ofTarget)
      print('to the target', figures.toTarget)
      console.log(`sybils in meshes, % every 10 s: ${shares}; ${figures.fingerprint}`)
    }
  }
}

for (const name of positionals.length > 0 ? positionals : Object.keys(EXPERIMENTS)) {
  const experiment = EXPERIMENTS[name]
  if (experiment === undefined)
    throw new Error(`there is no experiment ${name}: ${Object.keys(EXPERIMENTS).join(', ')}`)
  console.log(`\n## ${name}, seed ${seed}, ${size} nodes`)
  const from = process.cpuUsage()
  experiment()
  const { user, system } = process.cpuUsage(from)
  const { maxRSS } = process.resourceUsage()
  console.log(`${((user + system) / 1e6).toFixed(0)} s of CPU time, ${Math.round(maxRSS / 1000)} MB at most`)
}

function chosen<T>(all: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(all).filter(([name]) => values.only === undefined || name === values.only)
}

function printSample(atMs: number, all: DeliveryFigures, sybilShare: number): void {
  print(`${atMs / 1000} s, ${(100 * sybilShare).toFixed(0)} % sybils`, all)
}

function print(what: string, figures: DeliveryFigures): void {
  const { messages, orphaned, expected, delivered, p50Ms, p99Ms, maxMs, late, duplicates } = figures
  console.log(
    `${what}: ${messages} messages (${orphaned} more whose authors left), ${delivered} of ${expected} deliveries ` +
      `(${((100 * delivered) / expected).toFixed(4)} %), p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms, ` +
      `${late} after 6 s; ${duplicates.toFixed(2)} duplicates`
  )
}
