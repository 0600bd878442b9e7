import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LevelDatastore } from 'datastore-level'
import { Key } from 'interface-datastore'
import { afterEach } from 'vitest'
import { Lan } from '../../mdns/test/lan.ts'
import {
  createRecordStore,
  datastoreMedium,
  dhtMedium,
  localNetworkMedium,
  memoryMedium,
  type RecordMedium
} from '../src/index.ts'
import { recordStoreCompliance } from './compliance.ts'
import { validators } from './records.ts'

const ALL = ['query', 'delete', 'subscribe'] as const
const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const fn of undo.splice(0).reverse()) await fn()
})

async function levelDatastore(): Promise<LevelDatastore> {
  const folder = await mkdtemp(join(tmpdir(), 'record-store-'))
  const datastore = new LevelDatastore(folder)
  await datastore.open()
  undo.push(
    () => rm(folder, { recursive: true }),
    () => datastore.close()
  )
  return datastore
}

recordStoreCompliance('in memory', {
  can: ALL,
  setup: async () => ({ medium: memoryMedium() }),
  plant: (medium, key, value) => medium.update(key, async () => value, {})
})

recordStoreCompliance('in LevelDB', {
  can: ALL,
  setup: async () => ({ medium: datastoreMedium(await levelDatastore()) }),
  plant: (medium, key, value) => medium.update(key, async () => value, {})
})

recordStoreCompliance('in LevelDB, beside other things, with damaged entries', {
  can: ALL,
  setup: async () => {
    const datastore = await levelDatastore()
    await datastore.put(new Key('/peers/x'), Uint8Array.of(1))
    await datastore.put(new Key('/mine/2f6e6f74652f7a'), Uint8Array.of(0xff))
    await datastore.put(new Key('/mine/not-hex'), Uint8Array.of(1))
    return { medium: datastoreMedium(datastore, { prefix: '/mine/' }) }
  },
  plant: (medium, key, value) => medium.update(key, async () => value, {})
})

const farSides = new WeakMap<RecordMedium, RecordMedium>()
recordStoreCompliance('in a DHT', {
  can: [],
  setup: async () => {
    // As the peers of a DHT do, the far side validates and selects by itself.
    const kept = memoryMedium()
    const peers = createRecordStore({ medium: kept, validators })
    const medium = dhtMedium({
      put: async (key, value) => void (await peers.put(key, value)),
      get: async key => {
        const [value] = await kept.read(key, {})
        return value ?? (await peers.get(key))
      }
    })
    farSides.set(medium, kept)
    return { medium }
  },
  plant: async (medium, key, value) => farSides.get(medium)?.update(key, async () => value, {})
})

recordStoreCompliance('on a local network, by mDNS', {
  can: ALL,
  setup: async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    // Time passes by itself: nobody here waits for the clock.
    let isRunning = true
    const passing = (async () => {
      while (isRunning) await lan.clock.advance(20)
    })()
    undo.push(async () => {
      isRunning = false
      await passing
      await Promise.all([a.service.stop(), b.service.stop()])
    })
    const medium = localNetworkMedium(a.service.records)
    return { medium, other: localNetworkMedium(b.service.records) }
  },
  plant: (medium, key, value) => medium.update(key, async () => value, {})
})
