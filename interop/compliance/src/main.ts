/**
 * Runs js-libp2p's published compliance suites against our packages, prints every case and the counts, and fails unless
 * each case passes, or fails and is listed in `expected.ts`.
 */
import Mocha, { type Test } from 'mocha'
import { EXPECTED_FAILURES } from './expected.ts'

const SUITES = ['stream-muxer', 'connection-encryption', 'transport', 'peer-discovery']

const mocha = new Mocha({ reporter: 'spec', timeout: 30_000 })
for (const suite of SUITES) mocha.addFile(`${import.meta.dirname}/${suite}.ts`)
await mocha.loadFilesAsync()

const counts = new Map<string, { passed: number; expected: number; failed: number; skipped: number }>()
const problems: string[] = []
const listed = new Map(Object.entries(EXPECTED_FAILURES))

/** What the case is of: the package, which is the outermost title. */
function count(test: Test, outcome: 'passed' | 'expected' | 'failed' | 'skipped'): void {
  const name = test.titlePath()[0] ?? ''
  const of = counts.get(name) ?? { passed: 0, expected: 0, failed: 0, skipped: 0 }
  of[outcome]++
  counts.set(name, of)
}

const runner = mocha.run(() => {
  for (const title of listed.keys())
    problems.push(`${title}\n  is listed as a failure and did not fail: take it off the list`)
  console.table(Object.fromEntries(counts))
  for (const problem of problems) console.error(problem)
  process.exit(problems.length > 0 ? 1 : 0)
})
runner.on('pass', test => count(test, 'passed'))
runner.on('pending', test => count(test, 'skipped'))
runner.on('fail', (test, err) => {
  const title = test.fullTitle()
  const reason = listed.get(title)
  listed.delete(title)
  count(test, reason === undefined ? 'failed' : 'expected')
  if (reason === undefined) problems.push(`${title}\n  ${err.stack ?? err.message}`)
  else console.log(`      fails, as it should: ${reason}`)
})
