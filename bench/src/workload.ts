import type { Agent } from './agent.ts'
import type { AgentsOptions, Pair, PairOptions } from './pairs.ts'
import type { PeerName } from './peers/index.ts'

/** One line of the table. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly higherIsBetter: boolean
  /** What is measured and how, in one sentence: goes to `docs/benchmarks.md`. */
  readonly about: string
}

/** How long and how much; `--quick` takes the smaller numbers. */
export interface Pace {
  readonly quick: boolean
  /** Not counted: the time that compilers and windows need to settle. */
  readonly warmupMs: number
  readonly durationMs: number
  /** Dials through the slow link, of which the fastest counts. */
  readonly slowDials: number
  /** Connections held open by the idle workloads. */
  readonly idleConnections: number
  readonly idleMs: number
  /** For what identification leaves behind to be done with. */
  readonly settleMs: number
  /** Processes that import the preset, of which the median counts. */
  readonly imports: number
  readonly soakMs: number
}

export interface Run {
  readonly peer: PeerName
  readonly pace: Pace
  /** A server and a client process of the peer, stopped when the run is over. */
  pair(options?: PairOptions): Promise<Pair>
  /** So many processes of another program of the peer's, likewise. */
  agents(count: number, options: AgentsOptions): Promise<Agent[]>
}

/** A family of rows that one measurement yields. */
export interface Workload {
  readonly name: string
  readonly rows: readonly Row[]
  /** Who takes part beside this project. */
  readonly peers: readonly Exclude<PeerName, 'ours'>[]
  /** Takes too long for `--quick`. */
  readonly fullOnly?: true
  /** Gives the same answer every time: one round is enough. */
  readonly once?: true
  /** The measured values by row name. A row that cannot be measured is left out. */
  run(run: Run): Promise<Record<string, number>>
}
