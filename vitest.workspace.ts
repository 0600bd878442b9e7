import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'

interface Project {
  extends: true
  test: { name: string; root: string; include: string[]; setupFiles?: string[]; testTimeout?: number }
}

function project(folder: string, include: string): Project {
  return { extends: true, test: { name: folder.replace('packages/', ''), root: `./${folder}`, include: [include] } }
}

/** js-libp2p, which comes from npm and needs Node 22 or later. The other peers need toolchains: `pnpm test:interop`. */
const isPinnedNode = Number(process.versions.node.split('.')[0]) >= 22
const interop = isPinnedNode
  ? [
      project('interop/harness', 'test/js.test.ts'),
      project('interop/dropin', 'test/**/*.test.ts'),
      project('docs', 'test/*.test.ts')
    ]
  : []

/** What tries to break a node. Anything unhandled makes the test fail that left it. */
function adversity(name: string, root: string, include: string): Project {
  const setupFiles = [resolve('packages/testing/src/setup.ts')]
  return { extends: true, test: { name, root, include: [include], setupFiles, testTimeout: 60_000 } }
}
const robustness: Project[] = [
  adversity('hostile', './robustness', 'hostile/*.test.ts'),
  adversity('faults', './robustness', 'faults/*.test.ts'),
  adversity('soak', './robustness', 'soak/*.test.ts'),
  adversity('fuzz', './fuzz', 'test/*.test.ts')
]

/** The test projects: one per folder that has tests. `vitest.config.ts` reads this list. */
const projects: Project[] = readdirSync('packages')
  .map(name => `packages/${name}`)
  .filter(folder => existsSync(`${folder}/test`))
  .map(folder => project(folder, 'test/**/*.test.ts'))

/** Runs TypeScript in processes of its own, which Node 20 does not. */
const demo = isPinnedNode ? [project('examples/demo', 'test/*.test.ts')] : []

export default [...projects, ...robustness, ...interop, ...demo]
