/**
 * What is known of each peer: addresses, protocols, key, metadata and tags, each with its limits and its time to live;
 * in memory for speed, in a datastore to survive.
 *
 * @example
 * const store = createPeerStore({ peerId, datastore: new LevelDatastore('./peers') })
 * await store.start()
 * await store.merge(friend, { multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/4001')] })
 * store.peek(friend)?.addresses
 */
export * from './errors.ts'
export * from './limits.ts'
export type { AddressFilter, PeerStoreOptions } from './options.ts'
export type { PeerBook } from './peer-book.ts'
export { createPeerStore } from './peer-store.ts'
