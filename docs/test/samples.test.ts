import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { REPOSITORY } from '../src/links.ts'
import { SAMPLES_FOLDER, writeSamples } from '../src/samples/files.ts'

const files = writeSamples()
const execute = promisify(execFile)

describe('the samples of README and docs', () => {
  it('are more than a few, and few are not run', () => {
    const samples = files.flatMap(({ samples }) => samples)
    expect(samples.length).toBeGreaterThan(50)
    expect(samples.filter(({ isRun }) => !isRun).length).toBeLessThanOrEqual(2)
  })

  it('compile', async () => {
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc')
    const { stdout } = await execute(process.execPath, [tsc, '-p', SAMPLES_FOLDER]).catch(error => error)
    expect(stdout).toBe('')
  }, 120_000)
})

/** What became of each sample of a page; a folder of its own for what they write. */
async function run(modules: readonly string[]): Promise<{ module: string; failure?: string }[]> {
  const runner = join(REPOSITORY, 'docs/src/samples/run.ts')
  const args = ['--conditions=@ts-libp2p/source', runner, SAMPLES_FOLDER, ...modules]
  const cwd = mkdtempSync(join(tmpdir(), 'samples-'))
  const { stderr } = await execute(process.execPath, args, { cwd, timeout: 100_000 })
  return stderr
    .trim()
    .split('\n')
    .filter(line => line.startsWith('{"module"'))
    .map(line => JSON.parse(line))
}

const runnable = files
  .map(({ page, samples }) => ({ page, samples: samples.filter(({ isRun }) => isRun) }))
  .filter(({ samples }) => samples.length > 0)

describe.each(runnable)('the samples of $page', ({ samples }) => {
  let outcomes: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    outcomes = await run(samples.map(({ module }) => module))
  }, 120_000)

  it.each(samples)('$place runs', ({ module }) => {
    expect(outcomes).toContainEqual({ module })
  })
})
