import { expect, test } from 'vitest'
import type { CoreShell, CoresOptions } from './core-port.ts'
import { type Cores, simulateCores } from './cores.ts'
import { SHOWN_LOG_LINES } from './limits.ts'
import { simulate, type World, type WorldOptions } from './world.ts'

export interface SimulationTestOptions {
  /** Runs it once for each of these. Default one run, with seed 1. The environment's `SEED` replaces them all. */
  seeds?: readonly (number | string)[]
  /** Milliseconds of real time. Default vitest's. */
  timeoutMs?: number
}

/** What a simulation test gets. */
export interface SimulationTestContext {
  readonly seed: number | string
  /** As `simulate`, with the seed of the run, unless another is given. */
  simulate(options?: WorldOptions): World
  /** As `simulateCores`, likewise. */
  simulateCores<Message, Shell extends CoreShell<Message> = CoreShell<Message>>(
    options: CoresOptions<Message, Shell>
  ): Cores<Message, Shell>
}

/**
 * A vitest test that says, when it fails, with which seed it did, which command repeats that very run, and what
 * happened last in it.
 *
 * @example
 * simulationTest('everybody finds everybody', async ({ simulate }) => {
 *   const world = simulate({ link: wideArea() })
 *   …
 * }, { seeds: [1, 2, 3] })
 */
export function simulationTest(
  name: string,
  run: (context: SimulationTestContext) => Promise<void> | void,
  { seeds = [1], timeoutMs }: SimulationTestOptions = {}
): void {
  const wanted = environment().SEED
  const runs = wanted === undefined ? seeds : [wanted]
  for (const seed of runs) {
    const title = runs.length > 1 ? `${name} (seed ${seed})` : name
    test(title, () => runOne(title, seed, run), timeoutMs)
  }
}

async function runOne(
  title: string,
  seed: number | string,
  run: (context: SimulationTestContext) => Promise<void> | void
): Promise<void> {
  const logs: (() => readonly string[])[] = []
  const kept = <T extends { log: readonly string[] }>(simulation: T): T => {
    logs.push(() => simulation.log)
    return simulation
  }
  try {
    await run({
      seed,
      simulate: options => kept(simulate({ seed, ...options })),
      simulateCores: options => kept(simulateCores({ seed, ...options }))
    })
  } catch (err) {
    if (err instanceof Error) err.message += `\n\n${replay(title, seed)}\n${lastOf(logs.map(log => log()))}`
    throw err
  }
}

/** The command that repeats a run of the current test. */
function replay(title: string, seed: number | string): string {
  const { testPath = '', currentTestName = title } = expect.getState()
  const pattern = currentTestName.replaceAll(' > ', ' ').replace(/ \(seed [^)]*\)$/, '')
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const path = testPath.replace(/^.*?\/(?=(?:packages|interop|examples)\/)/, '')
  return `repeat it: SEED=${quoted(String(seed))} pnpm vitest run ${quoted(path)} -t ${quoted(escaped)}`
}

function lastOf(logs: readonly (readonly string[])[]): string {
  return logs.map(log => ['it ended with', ...log.slice(-SHOWN_LOG_LINES)].join('\n  ')).join('\n')
}

function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function environment(): Record<string, string | undefined> {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {}
}
