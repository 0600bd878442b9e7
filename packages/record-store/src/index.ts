/**
 * The distributed record store: values under keys, believed because a validator says so, kept in memory, in a
 * datastore, in the DHT, on the local network or in an object store.
 *
 * @example
 * const store = createRecordStore({ medium: datastoreMedium(level) })
 * await store.put(ipnsKey(peerId), record)
 * const best = await store.get(ipnsKey(peerId))
 *
 * What a record is: `@ts-libp2p/record`.
 */
export * from './errors.ts'
export * from './limits.ts'
export { type DatastoreMediumOptions, datastoreMedium, type RecordDatastore } from './media/datastore.ts'
export { dhtMedium, type ValueRouting } from './media/dht.ts'
export { type LocalRecords, localNetworkMedium } from './media/local-network.ts'
export { type MemoryMediumOptions, memoryMedium } from './media/memory.ts'
export type { Decide, RecordMedium, StoredRecord } from './medium.ts'
export { type RecordStoreService, type RecordStoreServiceOptions, recordStore } from './service.ts'
export { createRecordStore, type RecordStore, type RecordStoreOptions } from './store.ts'
