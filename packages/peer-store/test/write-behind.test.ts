import type { PeerId } from '@ts-libp2p/interface'
import { VirtualClock } from '@ts-libp2p/testing'
import { MemoryDatastore } from 'datastore-core'
import type { Batch } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import {
  MAX_FAILURES_PER_ROUND,
  MAX_PENDING_DELETIONS,
  MAX_RETRY_DELAY_MS,
  MAX_WRITE_BATCH,
  type PeerStoreError,
  STOP_FLUSH_TIMEOUT_MS
} from '../src/index.ts'
import { WriteBehind } from '../src/write-behind.ts'
import { alice, newStore, peer, self } from './peers.ts'

const DELAY = 1000

/** Writes nowhere: records the batches, and fails those that the test wants to fail. */
function recorded(refuse: (keys: string[]) => boolean = () => false) {
  const clock = new VirtualClock()
  const batches: string[][] = []
  const errors: PeerStoreError[] = []
  const names = new Map<PeerId, string>()
  const writes = new WriteBehind({
    clock,
    delayMs: DELAY,
    write: async peers => {
      const keys = peers.map(id => names.get(id) as string)
      batches.push(keys)
      if (refuse(keys)) throw new Error(`refused ${keys}`)
    },
    onError: error => errors.push(error)
  })
  const id = (key: string): PeerId => {
    const made = { toString: () => key } as unknown as PeerId
    names.set(made, key)
    return made
  }
  return {
    clock,
    batches,
    errors,
    writes,
    change: (key: string) => writes.change(key, id(key)),
    remove: (key: string) => writes.remove(key, id(key))
  }
}

const failed = expect.objectContaining({ name: 'PeerStoreError', code: 'write-failed' })

describe('writing behind', () => {
  it('gathers changes and writes each peer once, in the order of first change, deletions last', async () => {
    const { change, remove, clock, batches, writes } = recorded()
    remove('z')
    for (const key of ['a', 'b', 'a', 'c']) change(key)
    remove('b')
    await clock.advance(DELAY)
    expect(batches).toEqual([['a', 'c', 'z', 'b']])
    expect(writes.pending).toBe(0)
  })

  it('writes one batch after the other, of a bounded size', async () => {
    const { change, batches, writes } = recorded()
    for (let n = 0; n < 2 * MAX_WRITE_BATCH + 1; n++) change(String(n))
    await writes.flush()
    expect(batches.map(({ length }) => length)).toEqual([MAX_WRITE_BATCH, MAX_WRITE_BATCH, 1])
  })

  it('a change during a write is written after it', async () => {
    const { change, batches, writes, clock } = recorded()
    change('a')
    const flushed = writes.flush()
    change('a')
    expect(writes.pending).toBe(1)
    await flushed
    expect(batches).toEqual([['a']])
    await clock.advance(DELAY)
    expect(batches).toEqual([['a'], ['a']])
  })

  it('two who flush wait for each other', async () => {
    const { change, batches, writes } = recorded()
    change('a')
    const first = writes.flush()
    change('b')
    await Promise.all([first, writes.flush(), writes.flush()])
    expect(batches.filter(({ length }) => length > 0)).toEqual([['a'], ['b']])
  })

  it('one entry that is refused does not hold up the others', async () => {
    const { change, batches, writes } = recorded(keys => keys.includes('bad'))
    for (let n = 0; n < 100; n++) change(n === 50 ? 'bad' : String(n))
    await expect(writes.flush()).rejects.toThrow(failed)
    expect(writes.pending).toBe(1)
    const written = batches.filter(keys => !keys.includes('bad')).flat()
    expect(new Set(written).size).toBe(99)
  })

  it('a datastore that fails is tried again later and later, and nothing is lost', async () => {
    let isDown = true
    const { change, clock, batches, errors, writes } = recorded(() => isDown)
    for (const key of ['a', 'b', 'c']) change(key)
    await clock.advance(DELAY)
    expect(errors).toEqual([failed])
    expect(errors[0]?.cause).toBeInstanceOf(Error)
    await clock.advance(10 * MAX_RETRY_DELAY_MS)
    const tries = errors.length
    expect(tries).toBeGreaterThan(8)
    expect(tries).toBeLessThan(18)
    expect(batches.length).toBeLessThanOrEqual(tries * MAX_FAILURES_PER_ROUND)
    isDown = false
    await clock.advance(MAX_RETRY_DELAY_MS)
    expect(batches.at(-1)?.toSorted()).toEqual(['a', 'b', 'c'])
    expect(writes.pending).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('after a success the next failure is tried again soon', async () => {
    let isDown = true
    const { change, clock, errors, batches } = recorded(() => isDown)
    change('a')
    await clock.advance(10 * MAX_RETRY_DELAY_MS)
    isDown = false
    await clock.advance(MAX_RETRY_DELAY_MS)
    isDown = true
    change('b')
    await clock.advance(DELAY)
    isDown = false
    errors.length = 0
    await clock.advance(2 * DELAY)
    expect(batches.at(-1)).toEqual(['b'])
    expect(errors).toEqual([])
  })

  it('remembers so many deletions for a datastore that takes none', () => {
    const { remove, errors, writes } = recorded()
    for (let n = 0; n <= MAX_PENDING_DELETIONS; n++) remove(String(n))
    expect(writes.pending).toBe(MAX_PENDING_DELETIONS)
    expect(errors).toEqual([failed])
  })

  it('sets no timers while it is paused', async () => {
    const { change, clock, batches, writes } = recorded()
    writes.pause()
    change('a')
    await clock.advance(10 * DELAY)
    expect(batches).toEqual([])
    writes.resume()
    await clock.advance(DELAY)
    expect(batches).toEqual([['a']])
  })
})

/** A disk that is full while the test says so, or hangs. */
class FragileDatastore extends MemoryDatastore {
  state: 'works' | 'full' | 'hangs' = 'works'

  override batch(): Batch {
    const batch = super.batch()
    const commit = batch.commit.bind(batch)
    batch.commit = async options => {
      if (this.state === 'full') throw new Error('no space left on device')
      if (this.state === 'hangs') await new Promise(() => {})
      await commit(options)
    }
    return batch
  }
}

describe('a store whose disk is full', () => {
  it('works on in memory, says so, and writes when there is room again', async () => {
    const datastore = new FragileDatastore()
    const errors: PeerStoreError[] = []
    const { store, clock } = newStore({ datastore, onError: error => errors.push(error) })
    await store.start()
    datastore.state = 'full'
    for (let n = 1; n <= 300; n++) await store.save(peer(n), {})
    await clock.advance(DELAY)
    // Each write imports what it needs, which in browsers takes real time.
    await expect.poll(() => errors).toEqual([failed])
    await expect(store.flush()).rejects.toThrow(failed)
    expect(store.pendingWrites).toBe(300)
    expect(await store.has(peer(300))).toBe(true)
    datastore.state = 'works'
    await clock.advance(MAX_RETRY_DELAY_MS)
    await expect.poll(() => store.pendingWrites).toBe(0)
    await store.stop()
    const next = newStore({ datastore })
    expect(await next.store.all()).toHaveLength(300)
  })

  it('stops all the same, and reports', async () => {
    const datastore = new FragileDatastore()
    const errors: PeerStoreError[] = []
    const { store } = newStore({ datastore, onError: error => errors.push(error) })
    await store.save(alice, {})
    datastore.state = 'full'
    await store.stop()
    expect(errors).toEqual([failed])
  })

  it('stops in bounded time when the disk hangs', async () => {
    const datastore = new FragileDatastore()
    const errors: PeerStoreError[] = []
    const { store, clock } = newStore({ datastore, onError: error => errors.push(error) })
    await store.save(self, {})
    datastore.state = 'hangs'
    const stopped = store.stop()
    await clock.advance(STOP_FLUSH_TIMEOUT_MS)
    await stopped
    expect(errors).toEqual([failed])
  })
})
