import { createLibp2p } from '@ts-libp2p/libp2p'
import { type Host, simulate, type World, type WorldOptions } from '@ts-libp2p/testing/simulation'
import { type KadDHT, type KadDHTOptions, kadDHT } from '../src/index.ts'

const HOUR_MS = 3600_000

/** Upkeep that does not fill hours of virtual time with lookups that no test looks at. */
const QUIET: KadDHTOptions = { querySelfInterval: 1000 * HOUR_MS, refreshInterval: 1000 * HOUR_MS }

/** A whole node on a host of the simulated network. */
function dhtOn(options: KadDHTOptions) {
  return async (host: Host) => {
    const dht = kadDHT({ ...QUIET, ...options })
    return await createLibp2p({ ...host.options(), services: { dht } })
  }
}

export type SimNode = Awaited<ReturnType<ReturnType<typeof dhtOn>>>
export type SimHost = Host<SimNode>

export interface SimDht {
  readonly world: World
  readonly hosts: SimHost[]
  /** Adds a node that knows the first. */
  join(options?: KadDHTOptions, host?: Parameters<World['host']>[0]): Promise<SimHost>
  /** Adds a node that knows nobody. */
  alone(options?: KadDHTOptions, host?: Parameters<World['host']>[0]): Promise<SimHost>
  /** What a node does, in virtual time. */
  run<T>(work: Promise<T>): Promise<T>
}

/** A network of whole nodes in virtual time, each of which knows the first and has filled its table. */
export async function simulatedDht(
  size: number,
  options: KadDHTOptions = {},
  world: WorldOptions = {}
): Promise<SimDht> {
  const w = simulate({ seed: 1, link: { latencyMs: 20 }, ...world })
  const hosts: SimHost[] = []
  const alone: SimDht['alone'] = async (own = {}, place = {}) => {
    const host = w.host<SimNode>({ ...place, run: dhtOn({ ...options, ...own }) })
    await w.until(host.start())
    return host
  }
  const join: SimDht['join'] = async (own, place) => {
    const host = await alone(own, place)
    const [first] = hosts
    if (first !== undefined) await w.until(host.node!.dial(first.address))
    hosts.push(host)
    return host
  }
  for (let i = 0; i < size; i++) await join()
  await w.run({ ms: 10_000 })
  for (const { node } of hosts) await w.until(dhtOf(node).refreshRoutingTable())
  return { world: w, hosts, join, alone, run: work => w.until(work, { limitMs: 60 * HOUR_MS }) }
}

export function dhtOf(node: SimNode | undefined): KadDHT {
  if (node === undefined) throw new Error('the host is down')
  return node.services.dht
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
