import { resolve } from 'node:path'
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import projects from './vitest.workspace.ts'

const conditions = ['@ts-libp2p/source', 'module', 'node', 'development|production', 'import', 'default']

const { PROPERTY_SEED } = process.env

/** What properties draw from, in every suite: see the setup file. */
export const drawn: { setupFiles: string[]; provide: { propertySeed: number | undefined } } = {
  setupFiles: [resolve('scripts/property-seed.ts')],
  provide: { propertySeed: PROPERTY_SEED === undefined ? undefined : Number(PROPERTY_SEED) }
}

/** Packages are read from their sources: tests need no build. */
export const base: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Patient: a busy machine is slow, not wrong.
  test: { ...drawn, testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }
})

export default mergeConfig(base, defineConfig({ test: { projects } }))
