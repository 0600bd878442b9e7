/**
 * A DHT for the benchmark, written once against the contract that this project and js-libp2p share: servers in one process
 * that all know each other, and a client, which keeps no records and so has to find what it looks for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p, Multiaddr } from '@ts-libp2p/interface'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { median } from '../stats.ts'
import { type Commands, PROCESS_COMMANDS, serve } from './protocol.ts'

interface DhtEvent {
  readonly name: string
  readonly providers?: readonly unknown[]
}

/** What the workload uses of a DHT. */
interface DhtFace {
  readonly routingTable: { readonly size: number }
  getClosestPeers(key: Uint8Array): AsyncIterable<DhtEvent>
  provide(key: CID): AsyncIterable<DhtEvent>
  findProviders(key: CID): AsyncIterable<DhtEvent>
}

export interface DhtNode {
  readonly node: Libp2p
  readonly dht: DhtFace
}

interface DhtImplementation {
  readonly version: string
  multiaddr(text: string): Multiaddr
  /** A started node with TCP, noise, yamux, identify and the DHT, as a server where it listens. */
  createDhtNode(listen: string[]): Promise<DhtNode>
}

/** Milliseconds for everybody to know everybody. */
const READY_LIMIT_MS = 50_000

export function runDhtAgent(implementation: DhtImplementation): void {
  serve({ addr: '', version: implementation.version }, { ...PROCESS_COMMANDS, ...dhtCommands(implementation) })
}

function dhtCommands(implementation: DhtImplementation): Commands {
  let servers: DhtNode[] = []
  return {
    async dhtServers({ count }) {
      servers = await Promise.all(
        Array.from({ length: count }, () => implementation.createDhtNode(['/ip4/127.0.0.1/tcp/0']))
      )
      for (const [i, { node }] of servers.entries()) await dialAll(node, servers.slice(0, i), implementation)
      for (const { dht } of servers) await toKnow(dht, count - 1)
      return {}
    },
    /** The peers nearest to random keys, `parallel` lookups at a time, by the servers in turn. */
    async dhtLookups({ parallel, durationMs }) {
      let turn = 0
      return await timed(durationMs, parallel, async () => {
        const server = servers[turn++ % servers.length] as DhtNode
        await drain(server.dht.getClosestPeers(crypto.getRandomValues(new Uint8Array(34))))
      })
    },
    /** Servers announce contents in turn, and the client looks for each until it has a provider. */
    async dhtContents({ durationMs }) {
      const client = await implementation.createDhtNode([])
      await dialAll(client.node, servers, implementation)
      await toKnow(client.dht, servers.length)
      const [provideMs, findMs]: [number[], number[]] = [[], []]
      const until = performance.now() + durationMs
      for (let i = 0; i === 0 || performance.now() < until; i++) {
        const { dht } = servers[i % servers.length] as DhtNode
        const content = await someContent()
        provideMs.push(await millisecondsOf(() => drain(dht.provide(content))))
        findMs.push(await millisecondsOf(() => find(client.dht, content)))
      }
      return { provideMs: median(provideMs), findMs: median(findMs) }
    }
  }
}

async function dialAll(node: Libp2p, others: readonly DhtNode[], { multiaddr }: DhtImplementation): Promise<void> {
  for (const other of others) await node.dial(multiaddr(String(other.node.getMultiaddrs()[0])))
}

async function toKnow({ routingTable }: DhtFace, count: number): Promise<void> {
  const until = performance.now() + READY_LIMIT_MS
  while (routingTable.size < count) {
    if (performance.now() > until) throw new Error(`a node knows ${routingTable.size} of ${count} others`)
    await sleep(20)
  }
}

async function drain(events: AsyncIterable<DhtEvent>): Promise<void> {
  for await (const _ of events);
}

async function find(dht: DhtFace, content: CID): Promise<void> {
  for await (const { name, providers = [] } of dht.findProviders(content)) {
    if (name === 'PROVIDER' && providers.length > 0) return
  }
  throw new Error('a provider was not found')
}

async function someContent(): Promise<CID> {
  const digest = await sha256.digest(crypto.getRandomValues(new Uint8Array(32)))
  return CID.createV1(raw.code, digest)
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** Does something again and again until the time is over, at least once. What has begun by then counts to its end. */
async function timed(durationMs: number, parallel: number, once: () => Promise<void>): Promise<object> {
  const times: number[] = []
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()]
  const worker = async (): Promise<void> => {
    do times.push(await millisecondsOf(once))
    while (performance.now() < from + durationMs)
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  const ms = performance.now() - from
  const { user, system } = process.cpuUsage(cpuFrom)
  times.sort((a, b) => a - b)
  const p99Ms = times[Math.floor(times.length * 0.99)]
  return { count: times.length, ms, p99Ms, cpuMs: (user + system) / 1000 }
}
