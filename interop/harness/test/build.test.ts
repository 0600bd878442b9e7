import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildGo, buildRust, installPython, programPath } from '../src/build/index.ts'

const MANIFEST = '[package]\nname = "empty"\nversion = "0.1.0"\nedition = "2024"\n'
const LOCK = 'version = 4\n\n[[package]]\nname = "empty"\nversion = "0.1.0"\n'

/** Python makes a whole environment before it finds out. */
const PATIENCE_MS = 300_000

describe.each([
  ['buildGo', buildGo, 'the Go toolchain', { 'go.mod': 'module tslibp2p/empty\n' }, /exited with 1\n.*no Go files/s],
  [
    'buildRust',
    buildRust,
    'the Rust toolchain',
    { 'Cargo.toml': MANIFEST, 'Cargo.lock': LOCK },
    /exited with 101\n.*no targets/s
  ],
  ['installPython', installPython, 'Python', { 'requirements.txt': './nothing.whl\n' }, /exited with 1\n.*nothing.whl/s]
] as const)('%s', (_name, build, toolchain, files, problem) => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'build-'))
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  it('says which toolchain is missing', async () => {
    await expect(build(folder, { command: join(folder, 'nothing') })).rejects.toThrow(
      new RegExp(`^${toolchain} .* did not start: .*nothing"`)
    )
  })

  it(
    'says why a program does not build',
    async () => {
      await expect(build(folder)).rejects.toThrow(problem)
    },
    PATIENCE_MS
  )

  it('builds anew what has changed', async () => {
    const before = programPath(folder)
    expect(programPath(folder)).toBe(before)
    await writeFile(join(folder, Object.keys(files)[0] as string), '# changed\n')
    expect(programPath(folder)).not.toBe(before)
  })
})
