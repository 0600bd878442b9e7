/**
 * Does what a public harness asks: transport-interop, perf and gossipsub-interop of libp2p/test-plans, transport and
 * perf of libp2p/unified-testing. Results go to standard output and everything else to standard error. Exits with 0 when it has
 * done it, with 1 when that failed, and with 2 when it was asked for something that it cannot do.
 */
import { dial } from './dial.ts'
import { runScript } from './gossip/run.ts'
import { listen } from './listen.ts'
import { runPerfClient, runPerfServer } from './perf-program.ts'
import { type Task, TaskError, taskFor } from './task.ts'

async function run(task: Task): Promise<void> {
  switch (task.role) {
    case 'listen':
      return await listen(task)
    case 'dial':
      return await dial(task)
    case 'perf-server':
      return await runPerfServer(task)
    case 'perf-client':
      return await runPerfClient(task)
    case 'gossip':
      return await runScript(task)
  }
}

try {
  await run(taskFor(process.argv.slice(2), process.env))
} catch (err) {
  console.error(err instanceof TaskError ? err.message : err)
  process.exitCode = err instanceof TaskError ? 2 : 1
}
