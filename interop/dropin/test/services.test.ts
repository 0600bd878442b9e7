/** Services of js-libp2p in a node of ours, and of ours in an unmodified js-libp2p node, by way of `compat-js-libp2p`. */
import os from 'node:os'
import { bootstrap } from '@libp2p/bootstrap'
import { fetch } from '@libp2p/fetch'
import { gossipsub } from '@libp2p/gossipsub'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { asLibp2pService, fromLibp2p } from '@ts-libp2p/compat-js-libp2p'
import { identify } from '@ts-libp2p/identify'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { perf } from '@ts-libp2p/perf'
import { ping } from '@ts-libp2p/ping'
import { tcp } from '@ts-libp2p/transport-tcp'
import { MemoryDatastore } from 'datastore-core/memory'
import type { Datastore } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { jsNode, LISTEN, ourNode, talk, theirServices } from '../src/index.ts'

const listen = { addresses: { listen: [LISTEN.tcp] }, transports: [tcp()] }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const running: { stop(): void | Promise<void> }[] = []

function stopping<T extends { stop(): void | Promise<void> }>(node: T): T {
  running.push(node)
  return node
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const node of running.splice(0)) await node.stop()
})

describe.each([
  ['js-libp2p', () => jsNode()],
  ['ours', () => ourNode()]
])('a node of ours with identify, identify push and ping of js-libp2p talks with %s:', (_, partner) => {
  talk(async () => [await createLibp2p({ ...listen, services: fromLibp2p(theirServices()) }), await partner()])
})

describe.each([
  ['js-libp2p', () => jsNode()],
  ['ours', () => ourNode()]
])('js-libp2p with identify and ping of ours talks with %s:', (_, partner) => {
  const services = () => ({ identify: asLibp2pService(identify()), ping: asLibp2pService(ping()) })
  talk(async () => [await jsNode({}, { services: services() }), await partner()])
})

describe('js-libp2p’s fetch in a node of ours', () => {
  it('asks js-libp2p, and answers it', async () => {
    const ours = stopping(await createLibp2p({ ...listen, services: fromLibp2p({ fetch: fetch() }) }))
    const theirs = stopping(await jsNode({}, { services: { ...theirServices(), fetch: fetch() } }))
    const [a, b] = [ours.services.fetch, theirs.services.fetch]
    a.registerLookupFunction('/ours/', async key => key)
    b.registerLookupFunction('/theirs/', async key => key)
    await ours.dial(theirs.getMultiaddrs())
    expect(text(await a.fetch(theirs.peerId, '/theirs/key'))).toBe('/theirs/key')
    expect(text(await b.fetch(ours.peerId, '/ours/key'))).toBe('/ours/key')
    await expect(a.fetch(theirs.peerId, '/nobody/key')).rejects.toMatchObject({ name: 'ProtocolError' })
  })
})

describe('js-libp2p’s kad-dht in a node of ours, as a client', () => {
  const dht = (clientMode: boolean) =>
    kadDHT({
      ...{ protocol: '/dropin/kad/1.0.0', clientMode, peerInfoMapper: passthroughMapper },
      validators: { test: async () => {} },
      selectors: { test: () => 0 }
    })
  const serve = () => jsNode({}, { services: { ...theirServices(), dht: dht(false) } })

  async function network(datastore?: Datastore) {
    const servers = [stopping(await serve()), stopping(await serve()), stopping(await serve())] as const
    const [first] = servers
    for (const other of servers.slice(1)) await other.dial(first.getMultiaddrs())
    const services = fromLibp2p({ ...theirServices(), dht: dht(true) }, datastore && { datastore })
    const client = stopping(await createLibp2p({ ...listen, services }))
    await client.dial(first.getMultiaddrs())
    await vi.waitFor(async () => {
      const routes = await Promise.all(servers.map(server => server.peerStore.all()))
      expect(routes[0]?.filter(peer => peer.protocols.includes('/dropin/kad/1.0.0'))).toHaveLength(2)
      expect((await client.peerStore.get(first.peerId)).protocols).toContain('/dropin/kad/1.0.0')
    }, 10_000)
    return { servers, client }
  }

  it('stores a value with the network and finds it again', async () => {
    const { servers, client } = await network()
    await client.contentRouting.put(bytes('/test/key'), bytes('value'))
    // As text: theirs is a `Uint8Array` or a `Buffer`, as the chunks came.
    expect(text(await servers[2].contentRouting.get(bytes('/test/key')))).toBe('value')
    expect(text(await client.contentRouting.get(bytes('/test/key')))).toBe('value')
  })

  it('keeps what it stores in the datastore that it is given', async () => {
    const datastore = new MemoryDatastore()
    const { client } = await network(datastore)
    await client.contentRouting.put(bytes('/test/key'), bytes('value'))
    const keys: string[] = []
    for await (const key of datastore.queryKeys({})) keys.push(key.toString())
    expect(keys).toHaveLength(1)
  })

  it('finds peers that it never met, and providers', async () => {
    const { servers, client } = await network()
    const [, , last] = servers
    const found = await client.peerRouting.findPeer(last.peerId)
    expect(found.multiaddrs.map(String).length).toBeGreaterThan(0)
    const cid = CID.createV1(0x55, await sha256.digest(bytes('content')))
    await last.contentRouting.provide(cid)
    const providers: string[] = []
    for await (const provider of client.contentRouting.findProviders(cid)) providers.push(provider.id.toString())
    expect(providers).toContain(last.peerId.toString())
  })
})

describe('js-libp2p’s gossipsub in a node of ours', () => {
  const options = { allowPublishToZeroTopicPeers: false, emitSelf: false, heartbeatInterval: 200 }

  it.each([
    ['js-libp2p', () => jsNode({}, { services: { ...theirServices(), pubsub: gossipsub(options) } })],
    ['ours', () => createLibp2p({ ...listen, services: fromLibp2p({ pubsub: gossipsub(options) }) })]
  ])('hears what %s publishes, and is heard', async (_, partner) => {
    const ours = stopping(await createLibp2p({ ...listen, services: fromLibp2p({ pubsub: gossipsub(options) }) }))
    const other = stopping(await partner())
    const [a, b] = [ours.services.pubsub, other.services.pubsub]
    const heard: string[] = []
    for (const pubsub of [a, b]) {
      pubsub.subscribe('topic')
      pubsub.addEventListener('message', ({ detail }) => heard.push(text(detail.data)))
    }
    await ours.dial(other.getMultiaddrs())
    await vi.waitFor(() => expect([a, b].map(p => p.getSubscribers('topic').length)).toEqual([1, 1]), 10_000)
    await a.publish('topic', bytes('from a'))
    await b.publish('topic', bytes('from b'))
    await vi.waitFor(() => expect(heard.sort()).toEqual(['from a', 'from b']), 10_000)
  })
})

describe('js-libp2p’s bootstrap in a node of ours', () => {
  it('discovers the peers of its list, and connects', async () => {
    const theirs = stopping(await jsNode())
    const list = theirs.getMultiaddrs().map(String)
    const services = fromLibp2p({ bootstrap: bootstrap({ list, timeout: 10 }) })
    const ours = stopping(await createLibp2p({ ...listen, services, start: false }))
    const discovered: string[] = []
    ours.addEventListener('peer:discovery', ({ detail }) => discovered.push(detail.id.toString()))
    await ours.start()
    await vi.waitFor(() => expect(ours.getPeers().map(String)).toEqual([theirs.peerId.toString()]), 10_000)
    expect(discovered).toContain(theirs.peerId.toString())
  })
})

describe('our perf in a js-libp2p node', () => {
  it('measures, and is measured', async () => {
    const theirs = stopping(await jsNode({}, { services: { ...theirServices(), perf: asLibp2pService(perf()) } }))
    const ours = stopping(await createLibp2p({ ...listen, services: { perf: perf() } }))
    for (const [from, to] of [
      [ours.services.perf, theirs],
      [theirs.services.perf, ours]
    ] as const) {
      const reports = []
      for await (const report of from.measurePerformance(to.getMultiaddrs(), 300_000, 400_000)) reports.push(report)
      expect(reports.at(-1)).toMatchObject({ type: 'final', uploadBytes: 300_000, downloadBytes: 400_000 })
    }
  })
})

describe('what is not there', () => {
  it('is named when a service of js-libp2p asks for it', async () => {
    const needy = (components: { ping: unknown }) => ({ needed: components.ping })
    await expect(createLibp2p({ services: fromLibp2p({ needy } as never) })).rejects.toMatchObject({
      name: 'CompatError',
      code: 'missing-component',
      message: expect.stringContaining('`ping`')
    })
  })

  it('may be a service of ours', async () => {
    const needy = ({ ping: known }: { ping: { ping: unknown } }) => ({ knows: typeof known.ping })
    const services = fromLibp2p({ ping: asLibp2pService(ping()), needy } as never) as Record<string, never>
    const ours = stopping(await createLibp2p({ ...listen, services }))
    expect((ours.services as unknown as { needy: { knows: string } }).needy.knows).toBe('function')
  })
})

describe('js-libp2p’s mdns in a node of ours', () => {
  it('finds js-libp2p on the local network, and is found', async () => {
    // The packets stay on the machine: the library sees no other interface.
    const loopback = Object.entries(os.networkInterfaces()).filter(([, addresses]) => addresses?.[0]?.internal)
    vi.spyOn(os, 'networkInterfaces').mockReturnValue(Object.fromEntries(loopback))
    // Others may test the same at the same time.
    const options = {
      interval: 200,
      port: 49_000 + (process.pid % 1000),
      serviceTag: `_dropin-${process.pid}._udp.local`
    }
    const discovery = () => mdns(options)
    const theirs = stopping(await jsNode({}, { peerDiscovery: [discovery()] }))
    const ours = stopping(await createLibp2p({ ...listen, services: fromLibp2p({ mdns: discovery() }) }))
    await vi.waitFor(async () => {
      expect(await ours.peerStore.has(theirs.peerId)).toBe(true)
      expect(await theirs.peerStore.has(ours.peerId)).toBe(true)
    }, 10_000)
  })
})
