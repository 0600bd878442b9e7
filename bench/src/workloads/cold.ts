import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleForBrowsers } from '../../../scripts/browser-bundle.ts'
import { ROOT } from '../peers/index.ts'
import { median } from '../stats.ts'
import type { Run, Workload } from '../workload.ts'

const program = (what: string, peer: string): string => {
  return fileURLToPath(import.meta.resolve(`@ts-libp2p/bench/cold/${what}-${peer}`))
}

/** From `dist/`, as users have it: without the condition that resolves to the sources. */
export const coldImport: Workload = {
  name: 'import',
  peers: ['js'],
  rows: [
    {
      name: 'import',
      unit: 'ms',
      higherIsBetter: false,
      about: 'Import of TCP, WebSocket, noise, yamux, identify and ping in a new process, from the built packages.'
    }
  ],
  async run({ peer, pace }) {
    const times: number[] = []
    for (let i = 0; i < pace.imports; i++) {
      const { stdout } = await promisify(execFile)(process.execPath, [program('import', peer)])
      times.push(Number(stdout))
    }
    return { import: median(times) }
  }
}

export const bundle: Workload = {
  name: 'bundle',
  peers: ['js'],
  once: true,
  rows: [
    {
      name: 'bundle',
      unit: 'kB',
      higherIsBetter: false,
      about: 'WebSocket, noise, yamux, identify and ping for browsers, minified, gzip: what a page loads to start.'
    }
  ],
  run: async run => ({ bundle: (await bundledBytes(run)) / 1000 })
}

async function bundledBytes({ peer }: Run): Promise<number> {
  const { startBytes } = await bundleForBrowsers(program('browser', peer), { cwd: ROOT, isPage: true })
  return startBytes
}
