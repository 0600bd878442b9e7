import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from './vitest.config.ts'

/** Every implementation that we talk to: needs their toolchains, and says which one is missing. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      root: './interop',
      include: ['{harness,adapter}/test/**/*.test.ts'],
      // Many processes on few cores: what is awaited comes, but not always soon.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 60_000 } }
    }
  })
)
