import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startVitest } from 'vitest/node'

const FIXTURE = fileURLToPath(new URL('./unhandled/loose.fixture.ts', import.meta.url))

describe('noUnhandled', () => {
  it('blames the test that left something unhandled', async () => {
    const results = await runFixture(['./src/setup.ts'])
    expect(results.tests).toEqual([
      ['leaves a rejection behind', 'failed', expect.stringContaining('nobody handles me')],
      ['is innocent', 'passed', '']
    ])
  })

  it('is needed for the blame only: vitest itself fails the run', async () => {
    const results = await runFixture([])
    expect(results.tests.map(([, state]) => state)).toEqual(['passed', 'passed'])
    expect(results.unhandled).toEqual(['nobody handles me'])
  })
})

async function runFixture(setupFiles: string[]) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const exitCode = process.exitCode
  const vitest = await startVitest(
    'test',
    [],
    {
      root,
      config: false,
      watch: false,
      reporters: [{}],
      include: [relative(root, FIXTURE)],
      setupFiles
    },
    { resolve: { conditions: ['@ts-libp2p/source'] }, ssr: { resolve: { conditions: ['@ts-libp2p/source'] } } }
  )
  const [module] = vitest.state.getTestModules()
  const tests = [...(module?.children.allTests() ?? [])].map(test => {
    const { state, errors = [] } = test.result()
    return [test.name, state, errors.map(error => error.message).join()] as const
  })
  const unhandled = vitest.state.getUnhandledErrors().map(err => (err as Error).message)
  await vitest.close()
  process.exitCode = exitCode
  return { tests, unhandled }
}
