/**
 * Measures this project beside its peers: `pnpm bench`. The options are described in `docs/benchmarks.md`.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measure, type Outcome } from './driver.ts'
import { buildDist, PEERS, type PeerName, prepare, useDist } from './peers/index.ts'
import { cells, toReport, toTable } from './report.ts'
import type { Pace, Workload } from './workload.ts'
import { named, WORKLOADS } from './workloads/index.ts'

const FULL: Pace = {
  ...{ quick: false, warmupMs: 1000, durationMs: 3000, slowDials: 5, imports: 5 },
  ...{ idleConnections: 500, idleMs: 20_000, settleMs: 2000, soakMs: 60_000 }
}
const QUICK: Pace = {
  ...{ quick: true, warmupMs: 100, durationMs: 300, slowDials: 2, imports: 1 },
  ...{ idleConnections: 20, idleMs: 500, settleMs: 200, soakMs: 1000 }
}
const FULL_ROUNDS = 5
/** Milliseconds: a quick run has to end within a minute, what it is doing when this is over included. */
const QUICK_BUDGET_MS = 52_000
const QUICK_GO_BUILD_MS = 10_000
const GO_BUILD_MS = 600_000
/** Workloads that measure what is published. */
const PUBLISHED = ['import', 'install', 'bundle']

const string = { type: 'string' } as const
const boolean = { type: 'boolean', default: false } as const
const { values: options } = parseArgs({
  options: {
    ...{ only: string, peers: string, rounds: string, json: string },
    ...{ quick: boolean, docs: boolean, dist: boolean }
  }
})

const pace = options.quick ? QUICK : FULL
const rounds = options.rounds === undefined ? (options.quick ? 1 : FULL_ROUNDS) : positive(options.rounds)
const startedAt = performance.now()
const workloads = chosenWorkloads()
const { peers, missing } = await presentPeers()

const unbuilt = options.dist || workloads.some(needsDist) ? buildDist() : undefined
if (unbuilt !== undefined) missing.push(`import, install, bundle: ours failed: the packages do not build: ${unbuilt}`)
if (options.dist) useDist()

// Leaves by the exit handlers, which end the agents.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const outcome = await measure({
  ...{ peers, rounds, pace, progress },
  workloads: unbuilt === undefined ? workloads : workloads.filter(workload => !needsDist(workload)),
  budgetMs: options.quick ? QUICK_BUDGET_MS - (performance.now() - startedAt) : Number.POSITIVE_INFINITY
})
progress('')
await print({ ...outcome, problems: [...missing, ...outcome.problems] })

function chosenWorkloads(): readonly Workload[] {
  if (options.only !== undefined) return named(options.only.split(','))
  return WORKLOADS.filter(({ fullOnly }) => !(options.quick && fullOnly))
}

function needsDist({ name }: Workload): boolean {
  return PUBLISHED.includes(name)
}

async function presentPeers(): Promise<{ peers: PeerName[]; missing: string[] }> {
  const wanted = options.peers === undefined ? PEERS.filter(peer => peer !== 'rust') : options.peers.split(',')
  const peers: PeerName[] = []
  const missing: string[] = []
  for (const peer of wanted) {
    if (!isPeer(peer)) throw new Error(`no peer is called ${peer}; there are ${PEERS.join(', ')}`)
    const problem = await prepare(peer, options.quick ? QUICK_GO_BUILD_MS : GO_BUILD_MS)
    if (problem === undefined) peers.push(peer)
    else missing.push(`${peer}: left out, ${problem}`)
  }
  return { peers, missing }
}

function isPeer(name: string): name is (typeof PEERS)[number] {
  return (PEERS as readonly string[]).includes(name)
}

function positive(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--rounds takes a positive whole number, not ${text}`)
}

/** One line that is written over, and only where somebody looks. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

async function print(outcome: Outcome): Promise<void> {
  const report = toReport(outcome)
  console.log(toTable(cells(outcome.results)))
  console.log(`\nA ratio above 1 means ours is better. Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`)
  for (const problem of outcome.problems) console.log(problem)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (options.docs) (await import('./docs.ts')).writeDocs(outcome, report, rounds)
  if (outcome.problems.some(problem => problem.includes(': ours failed'))) process.exitCode = 1
}
