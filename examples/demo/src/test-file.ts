import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file of random bytes in a temporary folder. `remove()` it when done. */
export async function createTestFile(bytes: number): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ts-libp2p-demo-'))
  const path = join(folder, 'file.bin')
  const file = await open(path, 'w')
  const block = 8 * 1024 * 1024
  for (let left = bytes; left > 0; left -= block) await file.write(randomBytes(Math.min(block, left)))
  await file.close()
  return { path, remove: () => rm(folder, { recursive: true }) }
}
