/** Installs packages of ours as a stranger would, who has their tarballs in place of a registry. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

export type Tarballs = Readonly<Record<string, string>>

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/**
 * `npm install` in a folder outside the workspace. Packages of ours, wanted or needed by others, come from the tarballs,
 * the rest from the registry, the latest where `wanted` says no version (`name@1.0.0`); nothing is linked. A `package.json` that lies there keeps the rest of what it says.
 */
export async function installOutside(folder: string, tarballs: Tarballs, wanted: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'package.json')
  const manifest = (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { type: 'module' }) as Manifest
  const ours = Object.fromEntries(Object.entries(tarballs).map(([name, tarball]) => [name, `file:${tarball}`]))
  const added = Object.fromEntries(wanted.map(versioned))
  const dependencies = replaced({ ...manifest.dependencies, ...added }, ours)
  const devDependencies = replaced(manifest.devDependencies ?? {}, ours)
  writeFileSync(path, JSON.stringify({ ...manifest, dependencies, devDependencies, overrides: ours }, null, 2))
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], folder)
}

/** `name` or `name@version`. */
function versioned(wanted: string): [name: string, range: string] {
  const at = wanted.lastIndexOf('@')
  return at > 0 ? [wanted.slice(0, at), wanted.slice(at + 1)] : [wanted, 'latest']
}

function replaced(dependencies: Record<string, string>, ours: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, ours[name] ?? range]))
}
