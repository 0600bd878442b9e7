import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { installOutside } from '../src/install.ts'

const MAX_PACKAGES = 40
const MAX_BYTES = 15_000_000

/** The facade brings TCP, WebSocket, noise, yamux, identify and ping. */
it('a node with TCP, WebSocket, noise, yamux, identify and ping installs small', async () => {
  const folder = join(inject('outside'), 'size')
  await installOutside(folder, inject('tarballs'), ['@ts-libp2p/libp2p'])
  const packages = installed(folder)
  const sizes = packages.map(path => ({ path: path.replace('node_modules/', ''), bytes: bytesIn(join(folder, path)) }))
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const [ours, others] = [sizes.filter(isOurs), sizes.filter(size => !isOurs(size))]
  console.log(
    [
      `installed: ${packages.length} packages (${ours.length} ours, ${others.length} others), ${(total / 1e6).toFixed(2)} MB`,
      ...sizes.sort((a, b) => b.bytes - a.bytes).map(({ path, bytes }) => `${kB(bytes)} ${path}`)
    ].join('\n')
  )
  expect(ours.map(({ path }) => path)).toEqual(
    expect.arrayContaining(
      ['transport-tcp', 'transport-ws', 'noise', 'yamux', 'identify', 'ping'].map(name => `@ts-libp2p/${name}`)
    )
  )
  expect(packages.length, 'packages').toBeLessThanOrEqual(MAX_PACKAGES)
  expect(total, 'bytes').toBeLessThanOrEqual(MAX_BYTES)
})

/** What npm says that it installed, as paths. */
function installed(folder: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object }
  return Object.keys(packages).filter(path => path !== '')
}

/** Of its files, without those of packages inside it. */
function bytesIn(folder: string): number {
  const sizes = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.name !== 'node_modules')
    .map(entry => (entry.isDirectory() ? bytesIn(join(folder, entry.name)) : lstatSync(join(folder, entry.name)).size))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

function isOurs({ path }: { path: string }): boolean {
  return path.startsWith('@ts-libp2p/')
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(0).padStart(8)} kB`
}
