import type { MultiaddrConnection } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { CollectingUpgrader, rawDial } from '../../src/index.ts'
import {
  type Host,
  type HostTransportOptions,
  simulate,
  type World,
  type WorldOptions
} from '../../src/simulation/index.ts'

/** What runs on the hosts of these tests: a transport that listens, and raw connections without anything above. */
export interface RawNode {
  readonly inbound: MultiaddrConnection[]
  dial(to: Host | string): Promise<MultiaddrConnection>
}

export function rawNode(options: HostTransportOptions = {}) {
  return async (host: Host): Promise<RawNode> => {
    const upgrader = new CollectingUpgrader()
    const transport = host.transport(options)({})
    const listeners = host.options().addresses.listen.map(multiaddr)
    for (const address of listeners) await transport.createListener({ upgrader }).listen(address)
    return {
      inbound: upgrader.inbound,
      dial: to => rawDial(transport, typeof to === 'string' ? multiaddr(to) : to.address)
    }
  }
}

export interface Connected {
  readonly world: World
  readonly a: Host<RawNode>
  readonly b: Host<RawNode>
  /** Of `a`, who dialled. */
  readonly out: MultiaddrConnection
  /** Of `b`. */
  readonly inn: MultiaddrConnection
}

/** Two hosts with a connection. */
export async function connected(
  options: WorldOptions = {},
  hosts: { a?: object; b?: object } = {}
): Promise<Connected> {
  const world = simulate(options)
  const a = world.host({ name: 'a', run: rawNode(), ...hosts.a })
  const b = world.host({ name: 'b', run: rawNode(), ...hosts.b })
  const [dialler, listener] = [await a.start(), await b.start()]
  const out = await world.until(dialler.dial(b))
  await world.runUntil(() => listener.inbound.length > 0)
  return { world, a, b, out, inn: listener.inbound[0] as MultiaddrConnection }
}

/** When each chunk arrives, milliseconds since now, and how long it is. */
export function arrivals(world: World, conn: MultiaddrConnection): [atMs: number, bytes: number][] {
  const seen: [number, number][] = []
  const begin = world.nowMs
  conn.addEventListener('message', event => seen.push([world.nowMs - begin, event.data.byteLength]))
  return seen
}
