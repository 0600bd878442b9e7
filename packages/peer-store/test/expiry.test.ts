import { describe, expect, it } from 'vitest'
import { ADDRESS_TTL_MS, PEER_TTL_MS, RECENTLY_CONNECTED_TTL_MS, SWEEP_INTERVAL_MS } from '../src/index.ts'
import { alice, bob, newStore, ports, self, summary, tcp } from './peers.ts'

const MINUTE = 60_000

describe('an address', () => {
  it('is good for an hour, and again from when it is heard of again', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { multiaddrs: [tcp(1), tcp(2)] })
    await clock.advance(ADDRESS_TTL_MS - 1)
    await store.merge(alice, { multiaddrs: [tcp(2)] })
    expect(ports(store.peek(alice))).toEqual([1, 2])
    await clock.advance(1)
    expect(ports(store.peek(alice))).toEqual([2])
    expect(ports(await store.get(alice))).toEqual([2])
    await clock.advance(ADDRESS_TTL_MS)
    expect(ports(store.peek(alice))).toEqual([])
  })

  it('may be good for another time', async () => {
    const { store, clock } = newStore({ addressTtlMs: 10 * MINUTE })
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await store.merge(alice, { multiaddrs: [tcp(2)] }, { addressTtlMs: 2 * MINUTE })
    await clock.advance(2 * MINUTE)
    expect(ports(store.peek(alice))).toEqual([1])
    await clock.advance(8 * MINUTE)
    expect(ports(store.peek(alice))).toEqual([])
  })

  it('heard of again for a shorter time stays good for the longer', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await store.merge(alice, { multiaddrs: [tcp(1)] }, { addressTtlMs: MINUTE })
    await clock.advance(2 * MINUTE)
    expect(ports(store.peek(alice))).toEqual([1])
  })

  it('that is certified stays so when it is heard of again, for longer', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { addresses: [{ multiaddr: tcp(1), isCertified: true }] })
    await clock.advance(ADDRESS_TTL_MS / 2)
    await store.merge(alice, { multiaddrs: [tcp(1)] })
    await clock.advance(ADDRESS_TTL_MS - 1)
    expect(summary(store.peek(alice))).toMatchObject({ addresses: ['1!'] })
  })

  it('of a connected peer does not expire, and is good for 15 minutes afterwards', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { multiaddrs: [tcp(1)] })
    store.setConnected(alice, true)
    await clock.advance(5 * ADDRESS_TTL_MS)
    await store.merge(alice, { multiaddrs: [tcp(2)] }, { addressTtlMs: MINUTE })
    await clock.advance(2 * MINUTE)
    expect(ports(store.peek(alice))).toEqual([1, 2])
    store.setConnected(alice, false)
    await clock.advance(RECENTLY_CONNECTED_TTL_MS - 1)
    expect(ports(store.peek(alice))).toEqual([1, 2])
    await clock.advance(1)
    expect(ports(store.peek(alice))).toEqual([])
  })

  it('of a peer that connects before it is known does not expire', async () => {
    const { store, clock } = newStore()
    store.setConnected(alice, true)
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await clock.advance(2 * ADDRESS_TTL_MS)
    expect(ports(store.peek(alice))).toEqual([1])
  })

  it('of a peer to keep alive, and of ourselves, does not expire', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { multiaddrs: [tcp(1)], tags: { 'keep-alive-friend': { ttl: 8 * PEER_TTL_MS } } })
    await store.save(self, { multiaddrs: [tcp(2)] })
    await clock.advance(8 * PEER_TTL_MS - 1)
    expect([...ports(store.peek(alice)), ...ports(store.peek(self))]).toEqual([1, 2])
    await clock.advance(1)
    expect(store.peek(alice)).toBeUndefined()
    expect(ports(store.peek(self))).toEqual([2])
  })

  it('that expired does not come back with the next update', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await clock.advance(ADDRESS_TTL_MS)
    await store.merge(alice, { multiaddrs: [tcp(2)] })
    store.setConnected(alice, true)
    expect(ports(store.peek(alice))).toEqual([2])
  })
})

describe('a tag', () => {
  it('stays without a ttl and goes with one', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { tags: { a: { value: 1 }, b: { value: 2, ttl: MINUTE }, c: { ttl: 0 } } })
    expect(summary(store.peek(alice))).toMatchObject({ tags: { a: 1, b: 2 } })
    await clock.advance(MINUTE)
    expect(summary(store.peek(alice))).toMatchObject({ tags: { a: 1 } })
  })

  it('keeps its time when others are merged', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { tags: { a: { value: 1, ttl: MINUTE } } })
    await store.merge(alice, { tags: { b: { value: 2 } } })
    await clock.advance(MINUTE)
    expect(summary(store.peek(alice))).toMatchObject({ tags: { b: 2 } })
  })
})

describe('a peer', () => {
  it('without addresses is forgotten after six hours', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { protocols: ['/a'] })
    await clock.advance(PEER_TTL_MS - 1)
    expect(await store.has(alice)).toBe(true)
    expect(store.peek(alice)?.protocols).toEqual(['/a'])
    await clock.advance(1)
    expect(store.peek(alice)).toBeUndefined()
    expect(await store.has(alice)).toBe(false)
    expect(await store.all()).toEqual([])
    expect(store.size).toBe(0)
  })

  it('is remembered as long as an address of it is good', async () => {
    const { store, clock } = newStore({ peerTtlMs: MINUTE })
    await store.save(alice, { multiaddrs: [tcp(1)] })
    await clock.advance(ADDRESS_TTL_MS - 1)
    expect(ports(store.peek(alice))).toEqual([1])
    await clock.advance(1)
    expect(store.peek(alice)).toBeUndefined()
  })

  it('that is connected is not forgotten, nor are we', async () => {
    const { store, clock } = newStore()
    await store.save(self, {})
    await store.save(alice, {})
    store.setConnected(alice, true)
    await clock.advance(2 * PEER_TTL_MS)
    expect(await store.has(alice)).toBe(true)
    expect(await store.has(self)).toBe(true)
  })

  it('that was forgotten begins anew', async () => {
    const { store, clock } = newStore()
    await store.save(alice, { protocols: ['/old'] })
    await clock.advance(PEER_TTL_MS)
    expect((await store.merge(alice, { protocols: ['/new'] })).protocols).toEqual(['/new'])
  })
})

describe('the sweep', () => {
  it('frees peers that nobody asks for, and ends with stop()', async () => {
    const { store, clock } = newStore()
    await store.start()
    await store.start()
    await store.save(alice, {})
    await store.save(bob, { tags: { a: { ttl: MINUTE } } })
    store.setConnected(bob, true)
    await clock.advance(PEER_TTL_MS + SWEEP_INTERVAL_MS)
    expect(store.size).toBe(1)
    await store.stop()
    await store.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})
