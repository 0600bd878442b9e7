/** The bundlers that applications use, each as it comes: nothing is set but what to bundle, and where to put it. */
import { join } from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { rolldown } from 'rolldown'
import { rollup } from 'rollup'
import { build as vite } from 'vite'
import webpack from 'webpack'

/** Bundles `main.js` of a folder into another one. */
type Bundler = (folder: string, outDir: string) => Promise<void>

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  async Vite(root, outDir) {
    await vite({ root, build: { outDir }, configFile: false, logLevel: 'error' })
  },
  async esbuild(folder, outDir) {
    await esbuild({ absWorkingDir: folder, entryPoints: ['main.js'], bundle: true, minify: true, outdir: outDir })
  },
  webpack: (context, path) =>
    new Promise((resolve, reject) => {
      const compiler = webpack({ mode: 'production', context, entry: './main.js', output: { path } })
      compiler?.run((err, stats) => {
        if (err !== null || stats?.hasErrors()) reject(err ?? new Error(stats?.toString('errors-warnings')))
        else compiler.close(() => resolve())
      })
    }),
  async Rollup(folder, dir) {
    // It resolves no packages by itself; its own plugin does, told that this is for browsers.
    const bundle = await rollup({ input: join(folder, 'main.js'), plugins: [nodeResolve({ browser: true })] })
    await bundle.write({ dir })
  },
  async Rolldown(cwd, dir) {
    const bundle = await rolldown({ cwd, input: 'main.js' })
    await bundle.write({ dir, minify: true })
  }
}
