import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGo } from '../src/index.ts'

describe('buildGo', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'go-build-'))
    await writeFile(join(folder, 'go.mod'), 'module tslibp2p/empty\n')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('says which toolchain is missing', async () => {
    await expect(buildGo(folder, join(folder, 'no-go'))).rejects.toThrow(
      /the Go toolchain .* did not start as ".*no-go"/
    )
  })

  it('says why a program does not build', async () => {
    await expect(buildGo(folder)).rejects.toThrow(/exited with 1\n.*no Go files/s)
  })
})
