/** Rendezvous with rust-libp2p, which has a client and a server of it: each at a point of the other. */
import { randomUUID } from 'node:crypto'
import { fromHex, toHex as hex } from '@ts-libp2p/bytes'
import { createLibp2p, type Multiaddr, multiaddr } from '@ts-libp2p/libp2p'
import { rendezvous, rendezvousServer } from '@ts-libp2p/rendezvous'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RemotePeer, startRustPeer } from '../src/index.ts'
import { eventually, START_TIMEOUT_MS } from './conversation.ts'

const addresses = { listen: ['/ip4/127.0.0.1/tcp/0'] }
const startOurs = async () => await createLibp2p({ addresses, services: { rendezvous: rendezvous() } })
const startPoint = async () => await createLibp2p({ addresses, services: { point: rendezvousServer() } })
type OurNode = Awaited<ReturnType<typeof startOurs>>

let ours: [OurNode, OurNode]
let theirs: [RemotePeer, RemotePeer]
let points: { ours: Awaited<ReturnType<typeof startPoint>>; rust: RemotePeer }

beforeAll(async () => {
  const startClient = (): Promise<RemotePeer> => startRustPeer({ services: ['rendezvous'] })
  const rust = await startRustPeer({ services: ['point'] })
  points = { ours: await startPoint(), rust }
  theirs = await Promise.all([startClient(), startClient()])
  ours = await Promise.all([startOurs(), startOurs()])
}, START_TIMEOUT_MS)

afterAll(async () => {
  await Promise.all([points?.rust, ...(theirs ?? [])].map(peer => peer?.[Symbol.asyncDispose]()))
  await Promise.all([points?.ours, ...(ours ?? [])].map(node => node?.stop()))
})

/** A client of either kind, asked in the same words. */
interface Client {
  readonly peerId: string
  readonly addrs: readonly string[]
  register(ns: string, ttl?: number): Promise<number>
  unregister(ns: string): Promise<void>
  discover(ns: string, cookie?: string): Promise<{ peers: Record<string, readonly string[]>; cookie: string }>
}

const withoutId = (addr: unknown): string => String(addr).replace(/\/p2p\/.*/, '')

function ourClient(node: OurNode, point: Multiaddr): Client {
  const { rendezvous } = node.services
  return {
    peerId: String(node.peerId),
    addrs: node.getMultiaddrs().map(withoutId),
    register: (ns, ttlSeconds) => rendezvous.register(point, ns, { ttlSeconds }),
    unregister: ns => rendezvous.unregister(point, ns),
    discover: async (ns, cookie) => {
      const found = await rendezvous.discover(point, ns, cookie === undefined ? {} : { cookie: fromHex(cookie) })
      const peers = found.peers.map(({ id, multiaddrs }) => [String(id), multiaddrs.map(String)] as const)
      return { peers: Object.fromEntries(peers), cookie: hex(found.cookie) }
    }
  }
}

function rustClient(peer: RemotePeer, point: Multiaddr): Client {
  const addr = String(point)
  return {
    peerId: peer.peerId,
    addrs: peer.addrs.map(withoutId),
    register: async (namespace, ttl) =>
      (await peer.call('rendezvous-register', { addr, namespace, ttl })).ttl as number,
    unregister: async namespace => void (await peer.call('rendezvous-unregister', { addr, namespace })),
    discover: async (namespace, cookie) => {
      const found = await peer.call('rendezvous-discover', { addr, namespace, cookie })
      const peers = (found.peers as { peerId: string; addrs: string[] }[]).map(({ peerId, addrs }) => [peerId, addrs])
      return { peers: Object.fromEntries(peers), cookie: found.cookie as string }
    }
  }
}

const POINTS = {
  'a point of rust-libp2p': () => multiaddr(points.rust.address('tcp')),
  'a point of ours': () => points.ours.getMultiaddrs()[0] as Multiaddr
} as const
const CLIENTS = {
  ours: (point: Multiaddr) => ourClient(ours[0], point),
  'another of ours': (point: Multiaddr) => ourClient(ours[1], point),
  rust: (point: Multiaddr) => rustClient(theirs[0], point),
  'another rust': (point: Multiaddr) => rustClient(theirs[1], point)
} as const

describe.each(Object.keys(POINTS) as (keyof typeof POINTS)[])('at %s', name => {
  const client = (who: keyof typeof CLIENTS): Client => CLIENTS[who](POINTS[name]())

  it.each([
    ['ours', 'another of ours'],
    ['ours', 'rust'],
    ['rust', 'ours'],
    ['rust', 'another rust']
  ] as const)('%s registers, and is found by %s until it goes', async (registering, looking) => {
    const ns = randomUUID()
    const [a, b] = [client(registering), client(looking)]
    expect(await a.register(ns)).toBe(7200)
    const { peers } = await b.discover(ns)
    expect(Object.keys(peers)).toEqual([a.peerId])
    expect([...(peers[a.peerId] ?? [])].sort()).toEqual([...a.addrs].sort())
    await a.unregister(ns)
    // Nobody answers a farewell.
    await eventually(async () => expect((await b.discover(ns)).peers).toEqual({}))
  })

  it.each(['ours', 'rust'] as const)('%s is told only of what is new since its cookie', async looking => {
    const ns = randomUUID()
    const [early, late, reader] = [client('another of ours'), client('another rust'), client(looking)]
    await early.register(ns)
    const first = await reader.discover(ns)
    expect(Object.keys(first.peers)).toEqual([early.peerId])
    const nothing = await reader.discover(ns, first.cookie)
    expect(nothing.peers).toEqual({})
    await late.register(ns)
    expect(Object.keys((await reader.discover(ns, nothing.cookie)).peers)).toEqual([late.peerId])
  })

  it.each(['ours', 'rust'] as const)('%s may say for how long, from two hours to three days', async registering => {
    const ns = randomUUID()
    const a = client(registering)
    expect(await a.register(ns, 3 * 86_400)).toBe(3 * 86_400)
    for (const ttl of [60, 3 * 86_400 + 1]) await expect(a.register(ns, ttl)).rejects.toThrow(/invalid.?ttl|102/i)
  })

  it.each(['ours', 'rust'] as const)('%s gets nothing for a cookie of another namespace', async looking => {
    const [ns, other] = [randomUUID(), randomUUID()]
    const reader = client(looking)
    const { cookie } = await reader.discover(ns)
    await expect(reader.discover(other, cookie)).rejects.toThrow(/invalid.?cookie|103/i)
  })
})
