import { setTimeout as sleep } from 'node:timers/promises'
import type { Agent, Reply } from '../agent.ts'
import type { PeerName } from '../peers/index.ts'
import { median } from '../stats.ts'
import type { Row, Run, Workload } from '../workload.ts'

const MESSAGE_BYTES = 1024
/** Messages of each node under way. */
const WINDOW = 8
/** For meshes to settle. */
const SETTLE_MS = 1500

interface Case {
  readonly name: string
  readonly nodes: number
  /** Each with a share of the nodes. */
  readonly processes: number
  readonly signed: boolean
}

const CASES: readonly Case[] = [
  { name: 'gossip-10', nodes: 10, processes: 1, signed: true },
  { name: 'gossip-20', nodes: 20, processes: 1, signed: true },
  { name: 'gossip-10-nosign', nodes: 10, processes: 1, signed: false },
  { name: 'gossip-20-nosign', nodes: 20, processes: 1, signed: false },
  { name: 'gossip-8p', nodes: 8, processes: 8, signed: true }
]

function rowsOf({ name, nodes, processes, signed }: Case): Row[] {
  const where = processes === 1 ? 'in one process' : `in ${processes} processes`
  const what = `${signed ? 'Ed25519-signed' : 'unsigned'} messages of 1 KiB among ${nodes} nodes ${where}, each publishing`
  return [
    { name, unit: '1/s', higherIsBetter: true, about: `Deliveries of ${what}, ${WINDOW} under way from each.` },
    {
      name: `${name}-p99`,
      unit: 'ms',
      higherIsBetter: false,
      about: 'The 99th percentile of their times under that load.'
    },
    { name: `${name}-cpu`, unit: 'µs', higherIsBetter: false, about: 'CPU time for each of them, all nodes together.' },
    {
      name: `${name}-alloc`,
      unit: 'kB',
      higherIsBetter: false,
      about: 'Heap allocated for each of them, all nodes together.'
    }
  ]
}

/** Publish/subscribe: everybody publishes as fast as the others take it. */
export const gossip: Workload = {
  name: 'gossip',
  peers: ['js', 'go'],
  rows: CASES.flatMap(rowsOf),
  async run(run) {
    const results: Record<string, number> = {}
    const cases = (run.pace.quick ? CASES.slice(0, 1) : CASES).filter(one => isFair(run.peer, one))
    for (const one of cases) Object.assign(results, await measureCase(run, one))
    return results
  }
}

/** Go's nodes would share one process's threads, which those of others have not: only a process for each compares. */
function isFair(peer: PeerName, { processes }: Case): boolean {
  return peer !== 'go' || processes > 1
}

async function measureCase(
  { agents, pace }: Run,
  { name, nodes, processes, signed }: Case
): Promise<Record<string, number>> {
  const { warmupMs, durationMs } = pace
  const started = await agents(processes, { program: 'gossip' })
  const all = (cmd: string, params: (first: number) => object, ms = 0): Promise<Reply[]> => {
    const ask = (agent: Agent, i: number): Promise<Reply> =>
      agent.ask(cmd, params((i * nodes) / processes) as never, ms)
    return Promise.all(started.map(ask))
  }
  const replies = await all('gossipNodes', first => ({
    count: nodes / processes,
    first,
    total: nodes,
    signed
  }))
  const addrs = (replies as unknown as { addrs: string[] }[]).flatMap(reply => reply.addrs)
  await all('gossipDial', () => ({ addrs }))
  await all('gossipReady', () => ({}))
  await sleep(SETTLE_MS)
  const request = { window: WINDOW, bytes: MESSAGE_BYTES, warmupMs, durationMs }
  const measured = await all('gossipRun', () => request, 2 * warmupMs + durationMs)
  for (const agent of started) await agent.stop()
  const sum = (key: string): number => measured.reduce((total, reply) => total + (reply[key] ?? 0), 0)
  const deliveries = sum('deliveries')
  if (deliveries === 0) throw new Error(`${name}: nothing was delivered`)
  return {
    [name]: (deliveries / (sum('ms') / processes)) * 1000,
    [`${name}-p99`]: median(measured.map(({ p99Ms = 0 }) => p99Ms)),
    [`${name}-cpu`]: (sum('cpuMs') / deliveries) * 1000,
    [`${name}-alloc`]: sum('allocatedBytes') / deliveries / 1000
  }
}
