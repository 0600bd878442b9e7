/** Packs everything once, and installs everything once, for all tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { packAll } from '../../../scripts/tarballs.ts'
import { installOutside, type Tarballs } from './install.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder outside the workspace, for what tests install; it goes when they end. */
    outside: string
    tarballs: Tarballs
    /** Where every package is installed. */
    everything: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const outside = mkdtempSync(join(tmpdir(), 'ts-libp2p-packed-'))
  const tarballs = packAll(join(outside, 'tarballs'))
  const everything = join(outside, 'everything')
  await installOutside(everything, tarballs, [...Object.keys(tarballs), '@types/node'])
  project.provide('outside', outside)
  project.provide('tarballs', tarballs)
  project.provide('everything', everything)
  return () => rmSync(outside, { recursive: true, force: true })
}
