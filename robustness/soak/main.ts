/** The long soak: `pnpm soak --minutes 10`. Exits with 1 when something was not flat, or anything was left unhandled. */
import { parseArgs } from 'node:util'
import { type SoakFigures, soak } from '../src/soak.ts'
import { leaks } from '../src/soak-checks.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '200' },
    seed: { type: 'string', default: 'soak' }
  }
})

let unhandled = 0
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, err => {
    unhandled++
    console.error(event, err)
  })
}

const line = (name: string, f: SoakFigures): string =>
  `${name.padEnd(8)} ${(f.usedBytes / 1048576).toFixed(1)} MiB, ${f.handles} handles, ${f.timers} timers, ${f.listeners} listeners, ` +
  `${f.connectionsOpened} connections, ${f.streamsOpened} streams, ${f.streamsReset} reset, ` +
  `${(f.echoedBytes / 1048576).toFixed(0)} MiB echoed, event loop p99 ${f.eventLoopDelayP99Ms} ms`

const { before, after } = await soak({
  durationMs: Number(values.minutes) * 60_000,
  connections: Number(values.connections),
  seed: values.seed,
  report: figures => console.log(line('', figures))
})
console.log(line('before', before))
console.log(line('after', after))
const problems = leaks(before, after)
if (unhandled > 0) problems.push(`${unhandled} unhandled`)
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'all flat' : 'NOT flat')
process.exitCode = problems.length === 0 ? 0 : 1
