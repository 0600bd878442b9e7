/** A datastore that is full, damaged or failing, on a real LevelDB where that can be had. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { identity } from '@ts-libp2p/testing'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { afterEach, describe, expect, it } from 'vitest'
import { ErrorLog } from '../src/error-log.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const fn of undo.splice(0)) fn()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'robust-'))
  undo.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A disk of one megabyte. Undefined where we may not mount one. */
function tinyDisk(): string | undefined {
  const path = folder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'pipe' })
  } catch (err) {
    console.warn(`datastore: a full disk was not tried, to mount one needs root: ${String(err).split('\n')[0]}`)
    return undefined
  }
  undo.unshift(() => execFileSync('umount', ['-l', path]))
  return path
}

const start = (datastore: LevelDatastore, logger: ErrorLog) =>
  createLibp2p({ datastore, logger, addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })

describe('a disk', () => {
  it('that is full: the node works on, says so, and stops', async ({ skip }) => {
    const path = tinyDisk()
    if (path === undefined) return skip('to mount a disk needs root')
    const datastore = new LevelDatastore(path)
    await datastore.open()
    const log = new ErrorLog()
    const node = await start(datastore, log)
    const metadata = new Map([['x', new Uint8Array(30_000)]])
    for (let i = 0; i < 100; i++) await node.peerStore.merge(identity(`peer ${i}`).peerId, { metadata })
    await expect.poll(() => Object.keys(log.kinds).length, { timeout: 15_000 }).toBeGreaterThan(0)
    expect((await node.peerStore.get(identity('peer 99').peerId)).metadata.get('x')?.byteLength).toBe(30_000)
    const peer = await createLibp2p({ addresses: { listen: [] } })
    expect((await peer.dial(node.getMultiaddrs())).status).toBe('open')
    await Promise.all([node.stop(), peer.stop()])
    await datastore.close().catch(() => {})
  }, 60_000)

  it('that lost an entry: that one is left out and named, all others are there', async () => {
    const path = folder()
    const ids = Array.from({ length: 20 }, (_, i) => identity(`peer ${i}`).peerId)
    const datastore = new LevelDatastore(path)
    await datastore.open()
    const first = await start(datastore, new ErrorLog())
    for (const id of ids) await first.peerStore.merge(id, { multiaddrs: [multiaddr('/ip4/1.2.3.4/tcp/1')] })
    await first.stop()
    const keys: Key[] = []
    for await (const key of datastore.queryKeys({ prefix: '/peers' })) keys.push(key)
    expect(keys.length).toBeGreaterThanOrEqual(20)
    await datastore.put(keys[3] as Key, new Uint8Array(50).fill(0xff))
    await datastore.put(new Key('/peers/nonsense'), new Uint8Array(3))

    const log = new ErrorLog()
    const second = await start(datastore, log)
    const known = await Promise.all(ids.map(id => second.peerStore.has(id)))
    expect(known.filter(Boolean)).toHaveLength(19)
    expect(log.count('PeerStoreError corrupt-entry')).toBeGreaterThan(0)
    await second.stop()
    await datastore.close()
  }, 60_000)
})
