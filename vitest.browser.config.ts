import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { chromiumOptions } from './interop/browser/src/chromium.ts'
import { firefoxProvider } from './interop/browser/src/firefox.ts'
import { askPeer, endPeer, startPeer } from './interop/browser/src/foreign.ts'
import { PackageCounts } from './scripts/package-counts.ts'
import { base, drawn } from './vitest.config.ts'

/** Packages whose suites run in Chromium. Files named `*.node.test.ts` need Node by their nature and stay there. */
const PACKAGES = [
  ...['bytes'],
  ...['crypto', 'multiaddr', 'peer-id', 'stream'],
  ...['multistream-select', 'noise', 'plaintext', 'pnet', 'yamux', 'mplex', 'record', 'pubsub', 'transport-memory'],
  ...['peer-store', 'swarm'],
  ...['identify', 'ping', 'perf', 'gossipsub', 'floodsub', 'kad-dht', 'rendezvous', 'bootstrap', 'random-walk'],
  ...['libp2p', 'testing', 'record-store', 'transport-ws']
]

/** Whole nodes in simulated worlds: what WebCrypto signs for them takes real time, and the run cannot be repeated. */
const SIMULATED_NODES = [
  'packages/bootstrap/test/bootstrap.test.ts',
  'packages/gossipsub/test/{collisions,hostile,partial,service}.test.ts',
  'packages/kad-dht/test/{hostile,modes,upkeep}.test.ts',
  'packages/rendezvous/test/{hostile,rendezvous}.test.ts'
]

/** Handshakes played step by step at once: browsers compute X25519 behind a promise. */
const AT_ONCE = ['packages/noise/test/{dialogue,vectors}.test.ts']

/** Stands in for modules of Node, which browsers do not load, by vitest's means, which workers do not have. */
const MOCKS = ['packages/noise/test/compliance-webcrypto.test.ts']

const UNITS = PACKAGES.map(name => `packages/${name}/test/**/*.test.ts`)
const TALKS = 'interop/browser/test/*.test.ts'
const NOT_HERE = ['**/*.node.test.ts', ...SIMULATED_NODES, ...AT_ONCE]
/** Watches for real time, of which other suites leave some in their page. */
const SIMULATION = 'packages/testing/test/simulation/*.test.ts'
/** Has the suites run in a Web Worker. */
const IN_WORKER = [...drawn.setupFiles, 'interop/browser/src/suites/setup.ts']
/** Sees to it that they do. */
const PLACE = 'interop/browser/test/worker/*.test.ts'

// Patient: a busy machine is slow, not wrong.
const PATIENT = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }

/** Whole pages, as users have them, that tests in Node drive. */
const driven: TestProjectInlineConfiguration = {
  ...base,
  test: {
    ...PATIENT,
    hookTimeout: 240_000,
    fileParallelism: false,
    name: 'driven',
    include: ['interop/browser/pages/*.test.ts']
  }
}

/** `--mode firefox` runs the suites there, and leaves out what drives Chromium. */
export default defineConfig(({ mode }) => ({
  test: {
    reporters: ['default', new PackageCounts()],
    projects: mode === 'firefox' ? [inPages('firefox')] : [inPages('chromium'), driven]
  }
}))

function inPages(browser: 'chromium' | 'firefox'): TestProjectInlineConfiguration {
  const page = (name: string, include: string[]) => ({ browser, name, include })
  return {
    resolve: { conditions: ['@ts-libp2p/source', 'module', 'browser', 'development|production', 'import', 'default'] },
    // Without these a page has no SharedArrayBuffer.
    server: {
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    },
    test: {
      ...PATIENT,
      ...drawn,
      globalSetup: 'interop/browser/src/global-setup.ts',
      // One page for all files: with a page for each, loading modules takes longer than the tests.
      isolate: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: browser === 'firefox' ? firefoxProvider() : playwright({ launchOptions: chromiumOptions() }),
        commands: { startPeer, askPeer, endPeer },
        // One browser for all: one per package would be thirty at once.
        instances: [
          { ...page('page', [...UNITS, TALKS]), exclude: [...NOT_HERE, SIMULATION] },
          { ...page('page, simulation', [SIMULATION]), exclude: NOT_HERE },
          { ...page('worker', [...UNITS, PLACE]), setupFiles: IN_WORKER, exclude: [...NOT_HERE, ...MOCKS, SIMULATION] },
          { ...page('worker, simulation', [SIMULATION]), setupFiles: IN_WORKER, exclude: NOT_HERE }
        ]
      }
    }
  }
}
