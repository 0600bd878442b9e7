import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { Multiaddr, PeerInfo } from '@ts-libp2p/interface'
import { createLibp2p, type Libp2pNode } from '@ts-libp2p/libp2p'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { simulate } from '@ts-libp2p/testing/simulation'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import {
  type Bootstrap,
  type BootstrapOptions,
  bootstrap,
  CHECK_INTERVAL_MS,
  MAX_LISTED,
  PROVEN_AFTER_MS
} from '../src/index.ts'

type World = ReturnType<typeof simulate>
type Host = ReturnType<World['host']>
type BootNode = Libp2pNode<{ boot: Bootstrap }>
const MINUTE = 60_000
const error = (code: string) => expect.objectContaining({ name: 'BootstrapError', code })

/** Nodes that only listen. */
async function stablePeers(world: World, count: number): Promise<Host[]> {
  const hosts: Host[] = []
  for (let i = 0; i < count; i++) {
    const host = world.host({ run: host => createLibp2p(host.options()) })
    await world.until(host.start())
    hosts.push(host)
  }
  return hosts
}

/** A node that bootstraps, on a host that can be stopped and started again; `discovered` has the peers that it told of. */
function booting(world: World, options: BootstrapOptions) {
  const discovered: string[] = []
  const host = world.host({
    run: async host => {
      const node = await createLibp2p({ ...host.options(), services: { boot: bootstrap(options) }, start: false })
      node.addEventListener('peer:discovery', ({ detail }: CustomEvent<PeerInfo>) => discovered.push(String(detail.id)))
      await node.start()
      return node
    }
  })
  const start = async (): Promise<BootNode> => (await world.until(host.start())) as unknown as BootNode
  const restart = async (): Promise<BootNode> => (await world.until(host.restart())) as unknown as BootNode
  return { host, discovered, start, restart }
}

const addressesOf = (hosts: readonly Host[]): Multiaddr[] => hosts.map(({ address }) => address)
const idsOf = (hosts: readonly Host[]): string[] => hosts.map(({ peerId }) => String(peerId)).sort()
const connectedTo = (node: BootNode): string[] => node.getPeers().map(String).sort()

describe('at the start', () => {
  it('connects to as many peers as are needed, and tells of all', async () => {
    const world = simulate()
    const peers = await stablePeers(world, 6)
    const { start, discovered } = booting(world, { peers: addressesOf(peers), minPeers: 3 })
    const node = await start()
    await world.run({ ms: 5000 })
    expect(connectedTo(node).length).toBeGreaterThanOrEqual(3)
    expect(connectedTo(node).length).toBeLessThanOrEqual(4)
    expect(discovered.sort()).toEqual(idsOf(peers))
    const { tags } = await world.until(node.peerStore.get(peers[0]!.peerId))
    expect(tags.get('bootstrap')).toEqual({ value: 50 })
    await world.run({ ms: 3 * MINUTE })
    expect((await world.until(node.peerStore.get(peers[0]!.peerId))).tags.has('bootstrap')).toBe(false)
  })

  it('finds the peers behind a dnsaddr name, and goes on without a name that leads nowhere', async () => {
    const world = simulate()
    const peers = await stablePeers(world, 2)
    const resolver = {
      resolve: async (name: Multiaddr): Promise<Multiaddr[]> => {
        if (name.toString() !== '/dnsaddr/net.example') throw new Error(`no such name: ${name}`)
        return [...addressesOf(peers), multiaddr('/ip4/9.9.9.9/tcp/1')]
      }
    }
    const { start } = booting(world, { peers: ['/dnsaddr/gone.example', '/dnsaddr/net.example'], resolver })
    const node = await start()
    await world.run({ ms: 5000 })
    expect(connectedTo(node)).toEqual(idsOf(peers))
  })

  it('tries again until somebody is there', async () => {
    const world = simulate()
    const [peer] = await stablePeers(world, 1)
    peer!.crash()
    const { start } = booting(world, { peers: [peer!.address] })
    const node = await start()
    await world.run({ ms: 30_000 })
    expect(connectedTo(node)).toEqual([])
    await world.until(peer!.restart())
    await world.run({ ms: MINUTE })
    expect(connectedTo(node)).toEqual(idsOf([peer!]))
  })

  it('does not count itself, nor dial itself', async () => {
    const world = simulate()
    const { host, start, discovered } = booting(world, { peers: [], minPeers: 1 })
    const node = await start()
    await node.services.boot.add(host.address)
    await world.run({ ms: 5000 })
    expect([connectedTo(node), discovered]).toEqual([[], []])
  })
})

describe('when peers are lost', () => {
  it('others take their place', async () => {
    const world = simulate()
    const peers = await stablePeers(world, 4)
    const { start } = booting(world, { peers: addressesOf(peers), minPeers: 1 })
    const node = await start()
    await world.run({ ms: 2000 })
    const lost = peers.filter(({ peerId }) => connectedTo(node).includes(String(peerId)))
    for (const host of lost) host.crash()
    const left = peers.filter(host => !lost.includes(host))
    expect(left.length).toBeGreaterThanOrEqual(2)
    await world.run({ ms: CHECK_INTERVAL_MS / 2 })
    expect(connectedTo(node).length).toBeGreaterThanOrEqual(1)
    expect(idsOf(left)).toEqual(expect.arrayContaining(connectedTo(node)))
  })

  it('a partition is overcome once it heals', async () => {
    const world = simulate()
    const peers = await stablePeers(world, 2)
    const { host, start } = booting(world, { peers: addressesOf(peers), minPeers: 2 })
    const node = await start()
    await world.run({ ms: 2000 })
    const heal = world.partition([host], peers)
    for (const connection of node.getConnections()) connection.abort(new Error('lost'))
    await world.run({ ms: 2 * MINUTE })
    expect(connectedTo(node)).toEqual([])
    heal()
    await world.run({ ms: 5 * MINUTE })
    expect(connectedTo(node)).toEqual(idsOf(peers))
  })
})

describe('peers that proved themselves', () => {
  it('bring a node back that starts again when all its defaults are gone', async () => {
    const world = simulate()
    const [first, second] = await stablePeers(world, 2)
    const datastore = new MemoryDatastore()
    const { host, start, restart } = booting(world, { peers: [first!.address], datastore })
    const node = await start()
    await world.until(node.dial(second!.address))
    await world.run({ ms: PROVEN_AFTER_MS + CHECK_INTERVAL_MS })
    expect(node.services.boot.proven().map(({ id }) => String(id))).toHaveLength(2)
    host.crash()
    first!.crash('power')
    const again = await restart()
    await world.run({ ms: MINUTE })
    expect(connectedTo(again)).toEqual(idsOf([second!]))
  })

  it('are kept when the node stops, and need more than a short visit', async () => {
    const world = simulate()
    const [long, short] = await stablePeers(world, 2)
    const datastore = new MemoryDatastore()
    const { start } = booting(world, { peers: [long!.address], datastore, checkIntervalMs: 10 * MINUTE })
    const node = await start()
    await world.run({ ms: PROVEN_AFTER_MS })
    await world.until(node.dial(short!.address))
    await world.run({ ms: 1000 })
    await world.until(node.stop())
    const text = toUtf8(await datastore.get(new Key('/bootstrap/proven')))
    expect(text).toMatch(new RegExp(`^\\d+ \\d+ ${long!.address}\n$`))
  })

  it('who came to us did not prove that we can go to them', async () => {
    const world = simulate()
    const { host, start } = booting(world, {})
    const node = await start()
    const visitor = booting(world, { peers: [host.address] })
    await visitor.start()
    await world.run({ ms: 5 * MINUTE })
    expect(connectedTo(node)).toEqual(idsOf([visitor.host]))
    expect(node.services.boot.proven()).toEqual([])
  })
})

describe('the list', () => {
  it('can be edited, for later runs too', async () => {
    const world = simulate()
    const [a, b, c] = await stablePeers(world, 3)
    const datastore = new MemoryDatastore()
    const options = { peers: [a!.address, b!.address], datastore }
    const { start, restart, host } = booting(world, options)
    const { boot } = (await start()).services
    expect(await boot.add(String(c!.address))).toBe(true)
    expect(await boot.add(c!.address)).toBe(false)
    expect(await boot.remove(a!.peerId)).toBe(true)
    expect(await boot.remove(a!.peerId)).toBe(false)
    const expected = [
      { address: String(b!.address), origin: 'default' },
      { address: String(c!.address), origin: 'added' }
    ]
    const listed = (boot: Bootstrap) => boot.list().map(({ address, origin }) => ({ address: String(address), origin }))
    expect(listed(boot)).toEqual(expected)
    host.crash()
    const again = (await restart()).services.boot
    expect(listed(again)).toEqual(expected)
    expect(await again.add(a!.address)).toBe(true)
    expect(await again.remove(String(c!.address))).toBe(true)
    expect(listed(again).map(({ address }) => address)).toEqual(addressesOf([a!, b!]).map(String))
  })

  it('an address that is added is dialled at once', async () => {
    const world = simulate()
    const [peer] = await stablePeers(world, 1)
    const { start } = booting(world, { checkIntervalMs: 60 * MINUTE })
    const node = await start()
    await world.run({ ms: MINUTE })
    await node.services.boot.add(peer!.address)
    await world.run({ ms: 1000 })
    expect(connectedTo(node)).toEqual(idsOf([peer!]))
  })

  it('is text in the datastore, which a person may have spoilt', async () => {
    const world = simulate()
    const [a, b, c] = await stablePeers(world, 3)
    const datastore = new MemoryDatastore()
    await datastore.put(
      new Key('/bootstrap/list'),
      fromUtf8(`# my peers\n+ ${b!.address}\n+ nonsense\n+\n- ${a!.address}\n+ ${'/x'.repeat(1000)}\n\n`)
    )
    const now = Date.UTC(2026, 0)
    await datastore.put(
      new Key('/bootstrap/proven'),
      fromUtf8(
        `${now} ${now} ${c!.address} ${a!.address}\nyesterday today ${a!.address}\n${now} ${now}\n1 2 /ip4/1.2.3.4/tcp/1\n`
      )
    )
    const { start } = booting(world, { peers: [a!.address], datastore })
    const { boot } = (await start()).services
    expect(boot.list().map(({ address }) => String(address))).toEqual([String(b!.address)])
    expect(boot.proven().map(({ addresses }) => addresses.map(String))).toEqual([[String(c!.address)]])
  })

  it('takes only what names a peer, and not endlessly much', async () => {
    const world = simulate()
    const { start } = booting(world, {})
    const { boot } = (await start()).services
    const invalid = { name: 'InvalidParametersError' }
    await expect(boot.add('nonsense')).rejects.toMatchObject(invalid)
    await expect(boot.add('/ip4/1.2.3.4/tcp/1')).rejects.toMatchObject(invalid)
    for (let i = 0; i < MAX_LISTED; i++) await boot.add(`/dnsaddr/${i}.example`)
    await expect(boot.add('/dnsaddr/more.example')).rejects.toEqual(error('full'))
  })

  it('a change that the datastore does not take is told of, and holds for this run', async () => {
    const world = simulate()
    const datastore = new MemoryDatastore()
    datastore.put = () => {
      throw new Error('no space left on device')
    }
    const { start } = booting(world, { datastore })
    const { boot } = (await start()).services
    await expect(boot.add('/dnsaddr/a.example')).rejects.toEqual(error('not-stored'))
    expect(boot.list()).toHaveLength(1)
  })

  it('a datastore that cannot be read costs only what is in it', async () => {
    const world = simulate()
    const [peer] = await stablePeers(world, 1)
    const datastore = new MemoryDatastore()
    datastore.has = () => {
      throw new Error('corrupt')
    }
    const { start } = booting(world, { datastore, peers: [peer!.address] })
    const node = await start()
    await world.run({ ms: 2000 })
    expect(connectedTo(node)).toEqual(idsOf([peer!]))
  })
})

describe('connect', () => {
  it('resolves with the number of peers, and rejects when there is none', async () => {
    const world = simulate()
    const peers = await stablePeers(world, 2)
    const { start } = booting(world, { peers: addressesOf(peers), minPeers: 9 })
    const { boot } = (await start()).services
    expect(await world.until(boot.connect())).toBe(2)
    const alone = (await booting(world, {}).start()).services.boot
    await expect(world.until(alone.connect())).rejects.toEqual(error('no-peers'))
    for (const peer of peers) peer.crash('power')
    const late = (await booting(world, { peers: addressesOf(peers) }).start()).services.boot
    await expect(world.until(late.connect())).rejects.toEqual(error('unreachable'))
  })

  it('stops when told to', async () => {
    const world = simulate()
    const [peer] = await stablePeers(world, 1)
    peer!.crash('power')
    const { start } = booting(world, { peers: [peer!.address] })
    const { boot } = (await start()).services
    const reason = new Error('enough')
    await expect(boot.connect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const connecting = boot.connect(controller)
    controller.abort(reason)
    await expect(world.until(connecting)).rejects.toBe(reason)
  })
})

describe('options', () => {
  it.each<BootstrapOptions>([
    { peers: ['nonsense'] },
    { peers: ['/ip4/1.2.3.4/tcp/1'] },
    { peers: Array.from({ length: MAX_LISTED + 1 }, (_, i) => multiaddr(`/dnsaddr/${i}.example`)) },
    { minPeers: 0 },
    { checkIntervalMs: Number.NaN },
    { dialTimeoutMs: -1 }
  ])('refused %#', options => {
    expect(() => bootstrap(options)).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
  })
})
