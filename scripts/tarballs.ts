/** The packages that are published, and tarballs of them as the registry would get them. */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface Published {
  readonly name: string
  readonly version: string
  /** Where it lies in the workspace. */
  readonly folder: string
  readonly description: string
  readonly dependencies: readonly string[]
  /** What can be imported of it, e.g. `@ts-libp2p/libp2p/presets/node`. */
  readonly entries: readonly string[]
}

interface Manifest {
  name: string
  version: string
  description: string
  private?: boolean
  dependencies?: Record<string, string>
  exports: Record<string, unknown>
}

/** In an order in which each can be published: after those that it depends on. */
export function publishedPackages(): Published[] {
  const all = new Map<string, Published>()
  for (const path of globSync('packages/*/package.json').sort()) {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    if (!manifest.private) all.set(manifest.name, published(manifest, path.slice(0, -'/package.json'.length)))
  }
  const ordered = new Set<Published>()
  const visit = (one: Published | undefined): void => {
    if (one === undefined || ordered.has(one)) return
    for (const name of one.dependencies) visit(all.get(name))
    ordered.add(one)
  }
  for (const one of all.values()) visit(one)
  return [...ordered]
}

function published(manifest: Manifest, folder: string): Published {
  const { name, version, description, dependencies = {}, exports } = manifest
  const entries = Object.keys(exports).map(path => name + path.slice(1))
  return { name, version, folder, description, dependencies: Object.keys(dependencies), entries }
}

/**
 * Packs every one of them into `folder`, which is emptied first: versions stand where the workspace has `workspace:*`.
 * Answers the tarballs by the names of their packages. Needs a build.
 */
export function packAll(folder: string): Record<string, string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const packages = publishedPackages()
  const filters = packages.flatMap(({ folder }) => ['--filter', `./${folder}`])
  const args = ['-y', 'pnpm@12.21.0', '--recursive', ...filters, 'pack', '--pack-destination', folder]
  const { status, stdout, stderr } = spawnSync('npx', args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`pnpm pack failed\n${stdout}${stderr}`)
  return Object.fromEntries(packages.map(one => [one.name, join(folder, tarballName(one))]))
}

function tarballName({ name, version }: Published): string {
  return `${name.slice(1).replace('/', '-')}-${version}.tgz`
}
