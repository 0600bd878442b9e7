import { fromUtf8 } from '@ts-libp2p/bytes'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Host } from '@ts-libp2p/testing/simulation'
import { simulate } from '@ts-libp2p/testing/simulation'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import {
  dualKadDHT,
  KAD_LAN_PROTOCOL,
  KAD_PROTOCOL,
  kadDHT,
  removePrivateAddressesMapper,
  removePublicAddressesMapper
} from '../src/index.ts'
import { idOf } from './peers.ts'
import { collect, dhtOf, type SimHost, simulatedDht } from './world.ts'

describe('client and server', () => {
  it('a node that can be reached serves, one that cannot only asks', async () => {
    const net = await simulatedDht(2)
    const behind = await net.join({}, { nat: 'full-cone', ip: '10.0.0.5' })
    expect(net.hosts.map(({ node }) => dhtOf(node).getMode())).toEqual(['server', 'server', 'client'])
    expect(behind.node?.getProtocols()).not.toContain(KAD_PROTOCOL)
    const table = dhtOf(net.hosts[0]!.node)
      .routingTable.view()
      .flatMap(({ peers }) => peers.map(({ name }) => name))
    expect(table).toEqual([net.hosts[1]!.peerId.toString()])
  })

  it('a client is found all the same by way of those that it is connected to', async () => {
    const net = await simulatedDht(4)
    const client = await net.join({ clientMode: true })
    await net.world.run({ ms: 5000 })
    const found = await net.run(net.hosts[3]!.node!.peerRouting.findPeer(client.peerId))
    expect(found.multiaddrs.map(String)).toContain(`/ip4/${client.ip}/tcp/${client.port}`)
  })

  it('follows the addresses as they come and go', async () => {
    const world = simulate({ seed: 1 })
    let isPublic = false
    const run = (host: Host) =>
      createLibp2p({
        ...host.options(),
        addresses: { ...host.options().addresses, announceFilter: addrs => (isPublic ? addrs : []) },
        services: { dht: kadDHT() }
      })
    const host = world.host({ run })
    const node = await world.until(host.start())
    expect(node.services.dht.getMode()).toBe('client')
    for (const [state, mode] of [
      [true, 'server'],
      [false, 'client']
    ] as const) {
      isPublic = state
      node.swarm.emit('self:peer:update', {
        peer: { id: node.peerId, addresses: [], protocols: [], metadata: new Map(), tags: new Map() }
      })
      expect(node.services.dht.getMode()).toBe(mode)
    }
    await node.services.dht.setMode('server')
    node.swarm.emit('self:peer:update', {
      peer: { id: node.peerId, addresses: [], protocols: [], metadata: new Map(), tags: new Map() }
    })
    expect(node.services.dht.getMode()).toBe('server')
  })

  it('who stops serving is taken out of the tables of those who are connected', async () => {
    const net = await simulatedDht(3)
    await dhtOf(net.hosts[1]!.node).setMode('client')
    await net.world.run({ ms: 5000 })
    expect(dhtOf(net.hosts[0]!.node).routingTable.size).toBe(1)
  })

  it('ends what is under way when it is stopped, and can be started again', async () => {
    const net = await simulatedDht(3)
    const dht = dhtOf(net.hosts[0]!.node)
    net.world.partition(net.hosts.slice(0, 1))
    const query = collect(dht.getClosestPeers(fromUtf8('x')))
    const failed = query.catch(err => err)
    await net.world.run({ ms: 10 })
    await net.run(Promise.resolve(dht.stop()))
    expect(await failed).toMatchObject({ name: 'AbortError' })
    await expect(collect(dht.getClosestPeers(fromUtf8('x')))).rejects.toMatchObject({ name: 'NotStartedError' })
    net.world.heal()
    await net.run(Promise.resolve(dht.start()))
    expect(await net.run(collect(dht.getClosestPeers(fromUtf8('x'))))).toContainEqual(
      expect.objectContaining({ name: 'FINAL_PEER' })
    )
  })

  it('ends a query with its signal, and rethrows the reason', async () => {
    const net = await simulatedDht(3)
    const controller = new AbortController()
    net.world.partition(net.hosts.slice(0, 1))
    const query = collect(dhtOf(net.hosts[0]!.node).getClosestPeers(fromUtf8('x'), { signal: controller.signal }))
    const failed = query.catch(err => err)
    await net.world.run({ ms: 10 })
    controller.abort(new Error('enough'))
    expect(await failed).toMatchObject({ message: 'enough' })
    await expect(collect(dhtOf(net.hosts[0]!.node).findPeer(idOf(1), { signal: controller.signal }))).rejects.toThrow(
      'enough'
    )
  })
})

describe('addresses', () => {
  const id = idOf(1)
  const all = [
    '/ip4/1.2.3.4/tcp/1',
    '/ip4/10.0.0.1/tcp/1',
    '/ip4/127.0.0.1/tcp/1',
    '/dns4/example.com/tcp/1',
    '/ip6/fe80::1/tcp/1'
  ]
  const multiaddrs = all.map(text => multiaddr(text))

  it.each([
    ['of the internet', removePrivateAddressesMapper, ['/ip4/1.2.3.4/tcp/1', '/dns4/example.com/tcp/1']],
    [
      'of the local network',
      removePublicAddressesMapper,
      ['/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1', '/ip6/fe80::1/tcp/1']
    ]
  ])('%s are left', (_, mapper, left) => {
    expect(mapper({ id, multiaddrs }).multiaddrs.map(String)).toEqual(left)
  })
})

describe('two DHTs as one', () => {
  /** Two offices, each behind a NAT of its own, and servers on the internet. */
  async function offices() {
    const world = simulate({ seed: 1, link: { latencyMs: 20 } })
    const run = (host: Host) => createLibp2p({ ...host.options(), services: { dht: dualKadDHT() } })
    const servers = [0, 1, 2].map(() => world.host({ run }))
    const nat = world.nat({ kind: 'full-cone' })
    const desks = [1, 2, 3].map(i => world.host({ run, nat, ip: `192.168.1.${i}` }))
    for (const host of [...servers, ...desks]) await world.until(host.start())
    for (const host of [...servers.slice(1), ...desks]) await world.until(host.node!.dial(servers[0]!.address))
    for (const host of desks.slice(1)) await world.until(host.node!.dial(desks[0]!.address))
    await world.run({ ms: 10_000 })
    return { world, servers, desks }
  }

  it('keep to their own addresses and protocols', async () => {
    const { servers, desks } = await offices()
    const modes = (host: (typeof desks)[number]) => {
      const { wan, lan } = host.node!.services.dht
      return [wan.getMode(), wan.routingTable.size, lan.getMode(), lan.routingTable.size]
    }
    expect(modes(servers[0]!)).toEqual(['server', 2, 'client', 0])
    expect(modes(desks[0]!)).toEqual(['client', 3, 'server', 2])
    expect(desks[0]!.node!.getProtocols()).toContain(KAD_LAN_PROTOCOL)
    expect(desks[0]!.node!.getProtocols()).not.toContain(KAD_PROTOCOL)
  })

  it('find what either of them knows', async () => {
    const { world, servers, desks } = await offices()
    const cid = CID.createV1(raw.code, await sha256.digest(fromUtf8('content')))
    await world.until(servers[2]!.node!.contentRouting.provide(cid))
    await world.until(desks[2]!.node!.contentRouting.provide(cid))
    const found = await world.until(collect(desks[0]!.node!.contentRouting.findProviders(cid)))
    const names = found.filter(({ multiaddrs }) => multiaddrs.length > 0).map(({ id }) => id.toString())
    expect(names.sort()).toEqual([servers[2]!, desks[2]!].map(({ peerId }) => peerId.toString()).sort())
    for (const host of [servers[2]!, desks[2]!]) {
      const peer = await world.until(desks[0]!.node!.peerRouting.findPeer(host.peerId))
      expect(peer.multiaddrs.map(String)).toContain(`/ip4/${host.ip}/tcp/${host.port}`)
    }
  })

  it('fail only when both do', async () => {
    const { world, desks } = await offices()
    const finding = world.until(desks[0]!.node!.peerRouting.findPeer(idOf('nobody')))
    await expect(finding).rejects.toMatchObject({ name: 'NotFoundError' })
    const near = await world.until(collect(desks[0]!.node!.peerRouting.getClosestPeers(peerIdToBytes(idOf('x')))))
    expect(near).toHaveLength(5)
  })
})

describe('a crawl', () => {
  it('visits everybody, and tells who knows whom and who does not answer', async () => {
    const net = await simulatedDht(12, { kBucketSize: 4 })
    const dead = net.hosts.pop() as SimHost
    dead.crash('power')
    const crawler = await net.join({ clientMode: true })
    await net.world.run({ ms: 5000 })
    const events = await net.run(collect(dhtOf(crawler.node).crawl({ concurrency: 3 })))
    expect(events.map(({ peer }) => peer.id.toString()).sort()).toEqual(
      [...net.hosts.slice(0, -1), dead].map(({ peerId }) => peerId.toString()).sort()
    )
    for (const { peer, neighbours, error } of events) {
      if (peer.id.equals(dead.peerId)) expect(error).toMatchObject({ name: 'KadError' })
      else expect(neighbours.length).toBeGreaterThan(3)
    }
  })

  it('ends with its signal', async () => {
    const net = await simulatedDht(3)
    net.world.partition(net.hosts.slice(0, 1))
    const controller = new AbortController()
    const crawling = collect(dhtOf(net.hosts[0]!.node).crawl({ signal: controller.signal })).catch(err => err)
    await net.world.run({ ms: 10 })
    controller.abort(new Error('enough'))
    expect(await crawling).toMatchObject({ message: 'enough' })
  })
})

describe('an optimistic provide', { timeout: 120_000 }, () => {
  it('asks fewer peers, and is found all the same', async () => {
    const questions = async (optimisticProvide: boolean) => {
      const net = await simulatedDht(25, { kBucketSize: 4, optimisticProvide })
      const [provider, stranger] = net.hosts as [SimHost, SimHost]
      for (let i = 0; i < 8; i++) await net.run(collect(dhtOf(provider.node).getClosestPeers(fromUtf8(`learn ${i}`))))
      expect(dhtOf(provider.node).networkSize).toBeGreaterThan(4)
      let asked = 0
      for (let i = 0; i < 5; i++) {
        const cid = CID.createV1(raw.code, await sha256.digest(fromUtf8(`content ${i}`)))
        const events = await net.run(collect(dhtOf(provider.node).provide(cid)))
        asked += events.filter(event => event.name === 'SEND_QUERY' && event.messageName === 'FIND_NODE').length
        await net.world.run({ ms: 5000 })
        const found = await net.run(collect(stranger.node!.contentRouting.findProviders(cid)))
        expect(found.map(({ id }) => id.toString())).toContain(provider.peerId.toString())
      }
      return asked
    }
    expect(await questions(true)).toBeLessThan(await questions(false))
  })
})
