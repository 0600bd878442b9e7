import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { LevelDatastore } from 'datastore-level'
import { describe, expect, it } from 'vitest'
import { createRecordStore, datastoreMedium } from '../src/index.ts'
import { note, noteKey, text, validators } from './records.ts'

// The pinned Node, which runs TypeScript, whichever runs the test.
const NODE = new URL('../../../node_modules/.bin/node', import.meta.url).pathname
const WRITER = new URL('./writer.fixture.ts', import.meta.url).pathname

/** Lets a process write until it has told of so many records, and kills it in the middle. Returns the last it told of. */
async function writeAndKill(folder: string, records: number): Promise<number> {
  const child = spawn(NODE, ['--conditions=@ts-libp2p/source', WRITER, folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  let last = -1
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (last === records) child.kill('SIGKILL')
  }
  const [code, signal] = await exited
  expect([code, signal]).toEqual([null, 'SIGKILL'])
  return last
}

describe('a process that is killed while it writes', () => {
  it.each([0, 1, 37, 400])('has lost nothing that was put, of %d records and more', async records => {
    const folder = await mkdtemp(join(tmpdir(), 'record-store-'))
    const last = await writeAndKill(folder, records)
    expect(last).toBeGreaterThanOrEqual(records)
    const datastore = new LevelDatastore(folder)
    await datastore.open()
    const store = createRecordStore({ medium: datastoreMedium(datastore), validators })
    for (let i = 0; i <= last; i++) {
      expect(text(await store.get(noteKey(String(i))))).toBe(text(note(i, 'y'.repeat(500))))
    }
    expect(Number.parseInt(text(await store.get(noteKey('last'))), 10)).toBeGreaterThanOrEqual(last)
    await datastore.close()
    await rm(folder, { recursive: true })
  })
})
