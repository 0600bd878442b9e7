import { execFile } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../peers/index.ts'
import { packageVersion } from '../peers/version.ts'
import type { Workload } from '../workload.ts'

const run = promisify(execFile)
const SCOPE = '@ts-libp2p/'
const FACADE = `${SCOPE}libp2p`
const JS_MODULES = ['tcp', 'websockets', 'noise', 'yamux', 'identify', 'ping'].map(name => `@libp2p/${name}`)

export const install: Workload = {
  name: 'install',
  peers: ['js'],
  fullOnly: true,
  once: true,
  rows: [
    {
      name: 'install-packages',
      unit: 'packages',
      higherIsBetter: false,
      about: 'Packages that npm installs for the facade with TCP, WebSocket, noise, yamux, identify and ping.'
    },
    { name: 'install-size', unit: 'MB', higherIsBetter: false, about: 'The files of those packages.' }
  ],
  async run({ peer }) {
    const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-install-'))
    try {
      const dependencies = peer === 'ours' ? await packed(join(folder, 'packed')) : fromRegistry()
      const app = join(folder, 'app')
      mkdirSync(app)
      const overrides = peer === 'ours' ? dependencies : {}
      writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, dependencies, overrides }))
      await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: app })
      return sizes(join(app, 'node_modules'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

function fromRegistry(): Record<string, string> {
  const versions = JS_MODULES.map(name => [name, packageVersion(name, import.meta.url)])
  return { libp2p: packageVersion('js-libp2p', import.meta.url), ...Object.fromEntries(versions) }
}

/** Tarballs of the facade and of what it needs of this workspace, as they would be published. */
async function packed(folder: string): Promise<Record<string, string>> {
  mkdirSync(folder)
  const tarballs: Record<string, string> = {}
  for (const name of closure(FACADE)) {
    const file = join(folder, `${name.slice(SCOPE.length)}.tgz`)
    const cwd = join(ROOT, 'packages', name.slice(SCOPE.length))
    await run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--out', file], { cwd })
    tarballs[name] = `file:${file}`
  }
  return tarballs
}

function closure(name: string, found: Set<string> = new Set()): Set<string> {
  found.add(name)
  const path = join(ROOT, 'packages', name.slice(SCOPE.length), 'package.json')
  const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> }
  for (const dependency of Object.keys(dependencies)) {
    if (dependency.startsWith(SCOPE) && !found.has(dependency)) closure(dependency, found)
  }
  return found
}

function sizes(modules: string): Record<string, number> {
  const packages = globSync(['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'], {
    cwd: join(modules, '..')
  })
  const files = globSync('**/*', { cwd: modules, withFileTypes: true }).filter(entry => entry.isFile())
  const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)
  return { 'install-packages': packages.length, 'install-size': bytes / 1e6 }
}
