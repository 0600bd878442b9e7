import { existsSync, readdirSync } from 'node:fs'

/** The test projects: one per package that has tests. `vitest.config.ts` reads this list. */
export default readdirSync(new URL('./packages', import.meta.url))
  .filter(name => existsSync(new URL(`./packages/${name}/test`, import.meta.url)))
  .map(name => ({
    extends: true as const,
    test: {
      name,
      root: `./packages/${name}`,
      include: ['test/**/*.test.ts'],
      exclude: ['**/node_modules/**', 'test/**/*.slow.test.ts']
    }
  }))
