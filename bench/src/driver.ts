import { Pairs } from './pairs.ts'
import type { PeerName } from './peers/index.ts'
import { median, ratio, rounded, spread } from './stats.ts'
import type { Pace, Row, Workload } from './workload.ts'

export interface Plan {
  readonly workloads: readonly Workload[]
  /** Who takes part beside this project. */
  readonly peers: readonly PeerName[]
  readonly rounds: number
  readonly pace: Pace
  /** Milliseconds after which no further measurement is begun. */
  readonly budgetMs: number
  /** Told what is going on, for people who wait. */
  progress(text: string): void
}

/** One line of the table, measured. */
export interface Result {
  readonly row: Row
  readonly ours: number | undefined
  readonly peers: Readonly<Partial<Record<PeerName, number>>>
  /** Above 1: ours is better. */
  readonly ratios: Readonly<Partial<Record<PeerName, number>>>
  /** How far our rounds lie apart, over their median. */
  readonly spread: number
}

export interface Outcome {
  readonly results: readonly Result[]
  /** What went wrong, in sentences. */
  readonly problems: readonly string[]
  readonly versions: Readonly<Partial<Record<PeerName, string>>>
}

type Samples = Map<PeerName, Map<string, number[]>>

/** Measures everybody in turn, round after round, so that a busy minute of the machine hits all alike. */
export async function measure(plan: Plan): Promise<Outcome> {
  const pairs = new Pairs({ reuse: plan.pace.quick })
  const deadline = performance.now() + plan.budgetMs
  const problems: string[] = []
  const results: Result[] = []
  try {
    for (const workload of plan.workloads) {
      if (performance.now() > deadline) problems.push(`${workload.name}: left out, the time is over`)
      else results.push(...(await measureWorkload(workload, plan, pairs, problems, deadline)))
    }
  } finally {
    await pairs.close()
  }
  return { results, problems, versions: pairs.versions }
}

async function measureWorkload(
  workload: Workload,
  plan: Plan,
  pairs: Pairs,
  problems: string[],
  deadline: number
): Promise<Result[]> {
  const peers = (['ours', ...plan.peers] as const).filter(peer => takesPart(workload, peer))
  const samples: Samples = new Map(peers.map(peer => [peer, new Map()]))
  const rounds = workload.once ? 1 : plan.rounds
  for (let round = 0; round < rounds; round++) {
    for (const peer of rotated(peers, round)) {
      if (samples.get(peer) === undefined || performance.now() > deadline) continue
      plan.progress(`${workload.name}, round ${round + 1} of ${rounds}, ${peer}`)
      const failure = await measureOnce(workload, peer, plan.pace, pairs, samples)
      if (failure === undefined) continue
      problems.push(`${workload.name}: ${peer} failed: ${failure}`)
      samples.delete(peer)
    }
  }
  return workload.rows.map(row => summary(row, samples))
}

function takesPart(workload: Workload, peer: PeerName): boolean {
  return peer === 'ours' || workload.peers.includes(peer)
}

/** Another one begins in every round. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

async function measureOnce(
  workload: Workload,
  peer: PeerName,
  pace: Pace,
  pairs: Pairs,
  samples: Samples
): Promise<string | undefined> {
  let failure: string | undefined
  try {
    const values = await workload.run({
      peer,
      pace,
      pair: options => pairs.get(peer, options),
      agents: (count, options) => pairs.agents(peer, count, options)
    })
    for (const [name, value] of Object.entries(values)) append(samples.get(peer), name, value)
  } catch (err) {
    failure = err instanceof Error ? err.message : String(err)
  }
  await pairs.release(failure !== undefined)
  return failure
}

function append(rows: Map<string, number[]> | undefined, name: string, value: number): void {
  const values = rows?.get(name)
  if (values === undefined) rows?.set(name, [value])
  else values.push(value)
}

function summary(row: Row, samples: Samples): Result {
  const values = (peer: PeerName): number[] => samples.get(peer)?.get(row.name) ?? []
  const ours = values('ours').length > 0 ? median(values('ours')) : undefined
  const peers: Partial<Record<PeerName, number>> = {}
  const ratios: Partial<Record<PeerName, number>> = {}
  for (const peer of samples.keys()) {
    if (peer === 'ours' || values(peer).length === 0) continue
    const theirs = median(values(peer))
    peers[peer] = rounded(theirs)
    const better = ours === undefined ? undefined : ratio(ours, theirs, row.higherIsBetter)
    if (better !== undefined) ratios[peer] = rounded(better)
  }
  return { row, peers, ratios, ours: ours === undefined ? undefined : rounded(ours), spread: spread(values('ours')) }
}
