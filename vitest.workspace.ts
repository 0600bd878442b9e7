import { existsSync, readdirSync } from 'node:fs'

const packages = readdirSync('packages').map(name => `packages/${name}`)
/** js-libp2p, which the interop suite runs, needs Node 22 or later. */
const isPinnedNode = Number(process.versions.node.split('.')[0]) >= 22

/** The test projects: one per folder that has tests. `vitest.config.ts` reads this list. */
export default [...packages, ...(isPinnedNode ? ['interop/harness'] : [])]
  .filter(folder => existsSync(`${folder}/test`))
  .map(folder => ({
    extends: true as const,
    test: { name: folder.replace('packages/', ''), root: `./${folder}`, include: ['test/**/*.test.ts'] }
  }))
