import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import projects from './vitest.workspace.ts'

const conditions = ['@ts-libp2p/source', 'module', 'node', 'development|production', 'import', 'default']

/** Packages are read from their sources: tests need no build. */
export const base: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Patient: a busy machine is slow, not wrong.
  test: { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }
})

export default mergeConfig(base, defineConfig({ test: { projects } }))
