import type { Multiaddr } from '@ts-libp2p/interface'
import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { ADDRESS_SETTLE_MS, DISCOVER_INTERVAL_MS } from '../src/index.ts'
import { HOUR, type Started, simulate, startClient, startServer } from './world.ts'

const described = ({ host }: Started<unknown>): string =>
  `${host.peerId} ${host.address.toString().replace(/\/p2p\/.*/, '')}`
const texts = (addresses: readonly Multiaddr[]): string[] => addresses.map(String)

describe('peers that meet at a point', () => {
  it('find each other by namespace, with signed addresses', async () => {
    const world = simulate()
    const point = await startServer(world)
    const points = [point.host.address]
    const a = await startClient(world, { points, namespaces: ['chat'] })
    const b = await startClient(world, { points, namespaces: ['chat', 'go'] })
    const c = await startClient(world, { points, namespaces: ['go'] })
    await world.run({ ms: 2 * DISCOVER_INTERVAL_MS })
    expect(a.discovered).toEqual([described(b)])
    expect(c.discovered).toEqual([described(b)])
    expect(b.discovered.sort()).toEqual([described(a), described(c)].sort())
    const { addresses } = await a.node.peerStore.get(b.host.peerId)
    expect(addresses.map(({ isCertified }) => isCertified)).toEqual([true])
    expect(point.service.size).toBe(4)
  })

  it('are told only what is new', async () => {
    const world = simulate()
    const point = await startServer(world)
    const options = { points: [point.host.address], namespaces: ['chat'] }
    const a = await startClient(world, options)
    await world.run({ ms: 10 * DISCOVER_INTERVAL_MS })
    const b = await startClient(world, options)
    await world.run({ ms: 10 * DISCOVER_INTERVAL_MS })
    expect(a.discovered).toEqual([described(b)])
  })

  it('stay registered for as long as they run, and are gone when they stop', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world, { points: [point.host.address], namespaces: ['chat'] })
    await world.run({ ms: 25 * HOUR })
    const b = await startClient(world, { points: [point.host.address] })
    const found = await world.until(b.service.discover(point.host.address, 'chat'))
    expect(found.peers.map(({ id }) => String(id))).toEqual([String(a.host.peerId)])
    expect(found.peers[0]?.ttlSeconds).toBeGreaterThan(3600)
    await world.until(a.node.stop())
    expect((await world.until(b.service.discover(point.host.address, 'chat'))).peers).toEqual([])
  })

  it('are gone when their time is over, if they could not say farewell', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world, { points: [point.host.address], namespaces: ['chat'] })
    await world.run({ ms: 1000 })
    a.host.crash('power')
    await world.run({ ms: 2 * HOUR - 2000 })
    expect(point.service.size).toBe(1)
    await world.run({ ms: HOUR })
    expect(point.service.size).toBe(0)
  })

  it('register again when their addresses change', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world, { points: [point.host.address], namespaces: ['chat'] })
    const b = await startClient(world, { points: [point.host.address] })
    await world.run({ ms: 1000 })
    const { cookie } = await world.until(b.service.discover(point.host.address, 'chat'))
    // What we answer is part of the same announcement.
    await a.node.handle('/another/1.0.0', () => {})
    await world.run({ ms: 2 * ADDRESS_SETTLE_MS })
    const { peers } = await world.until(b.service.discover(point.host.address, 'chat', { cookie }))
    expect(peers.map(({ multiaddrs }) => texts(multiaddrs))).toEqual([[described(a).split(' ')[1]]])
  })

  it('find a point that comes back', async () => {
    const world = simulate()
    const point = await startServer(world)
    const options = { points: [point.host.address], namespaces: ['chat'] }
    await world.until(point.node.stop())
    const a = await startClient(world, options)
    const b = await startClient(world, options)
    await world.run({ ms: 60_000 })
    expect(a.discovered).toEqual([])
    await world.until(point.node.start())
    await world.run({ ms: 15 * 60_000 })
    expect([a.discovered, b.discovered]).toEqual([[described(b)], [described(a)]])
  })

  it('a client may only register, or only look', async () => {
    const world = simulate()
    const point = await startServer(world)
    const options = { points: [point.host.address], namespaces: ['chat'] }
    const quiet = await startClient(world, { ...options, isRegistering: false })
    const blind = await startClient(world, { ...options, isDiscovering: false })
    await world.run({ ms: 5 * DISCOVER_INTERVAL_MS })
    expect([quiet.discovered, blind.discovered]).toEqual([[described(blind)], []])
    expect(point.service.size).toBe(1)
  })
})

describe('single requests', () => {
  it('register, discover in pages, unregister', async () => {
    const world = simulate()
    const point = await startServer(world)
    const clients = []
    for (let i = 0; i < 5; i++) clients.push(await startClient(world))
    for (const { service } of clients) {
      expect(await world.until(service.register(point.host.address, 'chat', { ttlSeconds: 7300 }))).toBe(7300)
    }
    const looker = await startClient(world)
    const seen: string[] = []
    let cookie: Uint8Array | undefined
    for (let i = 0; i < 3; i++) {
      const found = await world.until(looker.service.discover(point.host.address, 'chat', { limit: 2, cookie }))
      seen.push(...found.peers.map(({ id }) => String(id)))
      expect(found.peers.length).toBe([2, 2, 1][i])
      cookie = found.cookie
    }
    expect(seen).toEqual(clients.map(({ host }) => String(host.peerId)))
    await world.until(clients[0]!.service.unregister(point.host.peerId, 'chat'))
    await world.run({ ms: 100 })
    expect(point.service.size).toBe(4)
  })

  it('without a namespace everybody is found, with their namespaces', async () => {
    const world = simulate()
    const point = await startServer(world)
    const [a, b] = [await startClient(world), await startClient(world)]
    await world.until(a.service.register(point.host.address, 'x'))
    await world.until(a.service.register(point.host.address, 'y'))
    const { peers } = await world.until(b.service.discover(point.host.address))
    expect(peers.map(({ ns }) => ns)).toEqual(['x', 'y'])
  })

  it('need a service that is started, and stop when told to', async () => {
    const world = simulate()
    const point = await startServer(world)
    const a = await startClient(world)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(a.service.register(point.host.address, 'x', { signal })).rejects.toBe(reason)
    await expect(a.service.discover(point.host.address, 'x', { signal })).rejects.toBe(reason)
    await expect(a.service.unregister(point.host.address, 'x', { signal })).rejects.toBe(reason)
    await world.until(a.node.stop())
    await expect(a.service.register(point.host.address, 'x')).rejects.toMatchObject({ name: 'NotStartedError' })
  })

  it('a peer that is no point says so', async () => {
    const world = simulate()
    const [a, b] = [await startClient(world), await startClient(world)]
    const asked = world.until(a.service.discover(b.host.address, 'x'))
    await expect(asked).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
  })
})

describe('a server that starts again', () => {
  it('remembers registrations and knows its cookies', async () => {
    const world = simulate()
    const datastore = new MemoryDatastore()
    const point = await startServer(world, { datastore })
    const [a, b, looker] = [await startClient(world), await startClient(world), await startClient(world)]
    await world.until(a.service.register(point.host.address, 'chat'))
    await world.until(b.service.register(point.host.address, 'chat', { ttlSeconds: 3 * 3600 }))
    await world.until(b.service.unregister(point.host.address, 'chat'))
    const { cookie } = await world.until(looker.service.discover(point.host.address, 'chat'))
    await world.until(b.service.register(point.host.address, 'chat', { ttlSeconds: 3 * 3600 }))
    point.host.crash()
    const again = await world.until(point.host.restart())
    await world.run({ ms: 1000 })
    expect((again as unknown as typeof point.node).services.service.size).toBe(2)
    const found = await world.until(looker.service.discover(point.host.address, 'chat', { cookie }))
    expect(found.peers.map(({ id }) => String(id))).toEqual([String(b.host.peerId)])
    await world.run({ ms: 2.5 * HOUR })
    point.host.crash()
    const later = await world.until(point.host.restart())
    expect((later as unknown as typeof point.node).services.service.size).toBe(1)
  })

  it('leaves damaged entries alone, and serves the others', async () => {
    const world = simulate()
    const datastore = new MemoryDatastore()
    const point = await startServer(world, { datastore })
    const [a, b] = [await startClient(world), await startClient(world)]
    await world.until(a.service.register(point.host.address, 'chat'))
    await world.until(b.service.register(point.host.address, 'chat'))
    for await (const key of datastore.queryKeys({})) {
      if (key.toString().includes(String(a.host.peerId))) await datastore.put(key, Uint8Array.of(0x0a, 0xff))
    }
    point.host.crash()
    const again = await world.until(point.host.restart())
    await world.run({ ms: 1000 })
    expect((again as unknown as typeof point.node).services.service.size).toBe(1)
  })
})
