/** Runs the unit suites on the oldest Node supported, which the package `node20` places in the workspace. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const node = 'node_modules/node20/bin/node'
if (!existsSync(node)) throw new Error(`${node} is missing: run the install again`)

const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
console.log(`unit suites on Node ${version}`)
const { status } = spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit'
})
process.exitCode = status ?? 1
