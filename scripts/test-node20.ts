/** Runs the unit suites on the oldest Node supported, which the package `node20` places in the workspace. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The longest file takes a minute on a busy machine. */
const MAX_SILENCE_MS = 6 * 60_000

const node = 'node_modules/node20/bin/node'
if (!existsSync(node)) throw new Error(`${node} is missing: run the install again`)

/** The exit code of the suites, or `silent` when nothing came of them any more. */
function runSuites(): Promise<number | 'silent'> {
  return new Promise(resolve => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]
    // A group of its own, so that its workers can be ended with it.
    const child = spawn(node, args, { stdio: ['inherit', 'pipe', 'pipe'], detached: true })
    let isSilent = false
    const giveUp = (): void => {
      isSilent = true
      process.kill(-(child.pid as number), 'SIGKILL')
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => process.kill(-(child.pid as number), signal))
    }
    let timer = setTimeout(giveUp, MAX_SILENCE_MS)
    const follow = (to: NodeJS.WriteStream) => (chunk: Uint8Array) => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, MAX_SILENCE_MS)
      to.write(chunk)
    }
    child.stdout.on('data', follow(process.stdout))
    child.stderr.on('data', follow(process.stderr))
    child.once('close', code => {
      clearTimeout(timer)
      resolve(isSilent ? 'silent' : (code ?? 1))
    })
  })
}

let outcome = await runSuites()
if (outcome === 'silent') {
  // Seen once in many runs: a worker of Node 20 whose main thread waits for a lock of its own, between two files. A test
  // that hangs is something else; it fails by its own time limit.
  console.error(`nothing came for ${MAX_SILENCE_MS / 60_000} minutes: the suites are run again`)
  outcome = await runSuites()
}
process.exitCode = outcome === 'silent' ? 1 : outcome
