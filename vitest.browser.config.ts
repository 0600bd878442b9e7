import { existsSync, readdirSync } from 'node:fs'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const conditions = ['@ts-libp2p/source', 'module', 'browser', 'development|production', 'import', 'default']
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const PACKAGES = (process.env.ONLY ?? 'bytes,multiaddr').split(',')
export default defineConfig({
  resolve: { conditions },
  test: {
    testTimeout: 20_000, hookTimeout: 20_000, expect: { poll: { timeout: 10_000 } },
    include: PACKAGES.map(p => `packages/${p}/test/**/*.test.ts`),
    exclude: [],
    browser: {
      enabled: true, headless: true, screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: '/usr/bin/chromium', args } }),
      instances: [{ browser: 'chromium' }]
    }
  }
})
