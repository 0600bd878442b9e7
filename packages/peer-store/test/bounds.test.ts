import { multiaddr } from '@ts-libp2p/multiaddr'
import { describe, expect, it } from 'vitest'
import { emptyEntry } from '../src/entry.ts'
import {
  MAX_ADDRESS_BYTES,
  MAX_ADDRESSES_PER_PEER,
  MAX_ENTRIES_PER_PEER,
  MAX_METADATA_BYTES,
  MAX_PROTOCOL_CHARS,
  MAX_PROTOCOLS_PER_PEER,
  MAX_SHARED_LISTS,
  SWEEP_INTERVAL_MS
} from '../src/index.ts'
import { SharedLists } from '../src/shared-lists.ts'
import { alice, newStore, peer, ports, self, tcp } from './peers.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const tooLarge = expect.objectContaining({ name: 'PeerStoreError', code: 'too-large' })

describe('one peer', () => {
  it('has so many addresses: of a list the first, of those that come one by one the last', async () => {
    const { store, clock } = newStore()
    const list = range(MAX_ADDRESSES_PER_PEER + 10).map(tcp)
    expect(ports(await store.save(alice, { multiaddrs: list }))).toEqual(range(MAX_ADDRESSES_PER_PEER))
    await store.delete(alice)
    for (const address of list) {
      await store.merge(alice, { multiaddrs: [address] })
      await clock.advance(1)
    }
    expect(ports(store.peek(alice))).toEqual(range(MAX_ADDRESSES_PER_PEER).map(n => n + 10))
  })

  it('cannot displace certified addresses with hearsay', async () => {
    const { store } = newStore()
    await store.save(alice, { addresses: [{ multiaddr: tcp(9999), isCertified: true }] })
    await store.merge(alice, { multiaddrs: range(2 * MAX_ADDRESSES_PER_PEER).map(tcp) })
    expect(ports(store.peek(alice))).toEqual([9999, ...range(MAX_ADDRESSES_PER_PEER)])
  })

  it('has no over-long address', async () => {
    const { store } = newStore()
    const long = multiaddr(`/dns4/example.com/tcp/1/http-path/${'a'.repeat(MAX_ADDRESS_BYTES)}`)
    expect(ports(await store.save(alice, { multiaddrs: [long, tcp(1)] }))).toEqual([1])
  })

  it('has so many protocols of such a length', async () => {
    const { store } = newStore()
    const protocols = [...range(MAX_PROTOCOLS_PER_PEER + 10).map(String), 'x'.repeat(MAX_PROTOCOL_CHARS + 1)]
    expect((await store.save(alice, { protocols })).protocols).toHaveLength(MAX_PROTOCOLS_PER_PEER)
  })

  it('has so much metadata and so many tags, counted over all updates', async () => {
    const { store } = newStore()
    const value = new Uint8Array(1)
    for (const n of range(MAX_ENTRIES_PER_PEER)) {
      await store.merge(alice, { metadata: { [n]: value }, tags: { [n]: {} } })
    }
    await expect(store.merge(alice, { metadata: { more: value } })).rejects.toThrow(tooLarge)
    await expect(store.merge(alice, { tags: { more: {} } })).rejects.toThrow(tooLarge)
    await store.merge(alice, { metadata: { 0: undefined, more: value } })
    await expect(store.patch(alice, { metadata: { x: new Uint8Array(MAX_METADATA_BYTES) } })).rejects.toThrow(tooLarge)
    expect(store.peek(alice)?.metadata.size).toBe(MAX_ENTRIES_PER_PEER)
    expect(store.peek(alice)?.tags.size).toBe(MAX_ENTRIES_PER_PEER)
  })
})

describe('the store', () => {
  const kept = async (store: ReturnType<typeof newStore>['store']): Promise<number[]> => {
    const known: number[] = []
    for (const n of range(20)) if (await store.has(peer(n))) known.push(n)
    return known
  }

  it('forgets the peer that changed longest ago', async () => {
    const { store } = newStore({ maxPeers: 3 })
    for (const n of [1, 2, 3]) await store.save(peer(n), {})
    await store.merge(peer(1), { protocols: ['/a'] })
    await store.save(peer(4), {})
    expect(await kept(store)).toEqual([1, 3, 4])
  })

  it('forgets strangers before tagged, tagged before kept, kept before connected peers, and never ourselves', async () => {
    const { store } = newStore({ maxPeers: 5 })
    await store.save(self, {})
    await store.save(peer(1), {})
    store.setConnected(peer(1), true)
    await store.save(peer(2), { tags: { 'keep-alive': {} } })
    await store.save(peer(3), { tags: { a: {} } })
    await store.save(peer(4), {})
    const inOrder: number[][] = []
    for (const n of [11, 12, 13, 14, 15]) {
      await store.save(peer(n), { tags: { 'keep-alive': {} } })
      store.setConnected(peer(n), true)
      inOrder.push(await kept(store))
    }
    expect(inOrder).toEqual([
      [0, 1, 2, 3, 11],
      [0, 1, 2, 11, 12],
      [0, 1, 11, 12, 13],
      [0, 11, 12, 13, 14],
      [0, 12, 13, 14, 15]
    ])
    expect(store.size).toBe(5)
  })

  it('keeps the newest even among more important ones: a stranger costs at most one of them', async () => {
    const { store } = newStore({ maxPeers: 3 })
    for (const n of [1, 2, 3]) await store.save(peer(n), { tags: { a: {} } })
    for (const n of [11, 12, 13]) await store.save(peer(n), {})
    expect(await kept(store)).toEqual([2, 3, 13])
  })

  it('counts a peer as a stranger again once its tags have expired', async () => {
    const { store, clock } = newStore({ maxPeers: 2 })
    await store.start()
    await store.save(peer(1), { tags: { a: { ttl: 1000 } } })
    await clock.advance(SWEEP_INTERVAL_MS)
    await store.save(peer(2), {})
    await store.save(peer(3), {})
    expect(await kept(store)).toEqual([2, 3])
    await store.stop()
  })

  it('holds its bound with itself alone', async () => {
    const { store } = newStore({ maxPeers: 1 })
    await store.save(self, {})
    await store.save(alice, {})
    expect(await kept(store)).toEqual([0, 1])
    await store.save(peer(2), {})
    expect(await kept(store)).toEqual([0, 2])
  })
})

describe('lists of protocols', () => {
  it('are shared by so many, and begin anew after that', () => {
    const lists = new SharedLists()
    const share = (n: number): readonly string[] =>
      lists.shared({ ...emptyEntry(alice), protocols: [`/protocol/${n}`] }).protocols
    const first = share(0)
    for (const n of range(MAX_SHARED_LISTS)) share(n)
    expect(share(0)).toBe(first)
    share(MAX_SHARED_LISTS)
    expect(share(0)).not.toBe(first)
    expect(share(0)).toEqual(first)
  })
})
