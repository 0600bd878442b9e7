import { defineConfig } from 'vitest/config'

/** What a stranger installs: tarballs, in folders outside the workspace. Needs a build, and npm's registry. */
export default defineConfig({
  test: {
    root: './interop/packed',
    include: ['test/**/*.test.ts'],
    globalSetup: './src/global-setup.ts',
    // Patient: a busy machine is slow, not wrong.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000
  }
})
