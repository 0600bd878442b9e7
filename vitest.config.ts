import { defineConfig } from 'vitest/config'
import projects from './vitest.workspace.ts'

const conditions = ['@ts-libp2p/source', 'module', 'node', 'development|production', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { projects, testTimeout: 20_000, hookTimeout: 20_000 }
})
