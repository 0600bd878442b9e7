import { defineConfig, mergeConfig } from 'vitest/config'
import { base } from './vitest.config.ts'

/** Every implementation that we talk to: needs their toolchains, and says which one is missing. */
export default mergeConfig(
  base,
  defineConfig({ test: { root: './interop', include: ['{harness,adapter}/test/**/*.test.ts'] } })
)
