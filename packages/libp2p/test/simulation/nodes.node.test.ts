import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Connection } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noise } from '@ts-libp2p/noise'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerStore } from '@ts-libp2p/peer-store'
import { ping } from '@ts-libp2p/ping'
import { generateKey, pnet } from '@ts-libp2p/pnet'
import { createSwarm } from '@ts-libp2p/swarm'
import { SeededRandom, simulationTest } from '@ts-libp2p/testing'
import { type Host, type World, wideArea } from '@ts-libp2p/testing/simulation'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { createLibp2p, type Libp2pOptions } from '../../src/index.ts'
import { course } from './course.fixture.ts'

const run = (host: Host) => createLibp2p({ ...host.options(), services: { ping: ping({ intervalMs: 15_000 }) } })

describe('whole nodes in virtual time', () => {
  simulationTest('dial in two round trips and ping in one', async ({ simulate }) => {
    const world = simulate({ link: { latencyMs: 50 } })
    const [a, b] = [world.host({ run }), world.host({ run, skewMs: 250 })]
    await a.start()
    const node = await b.start()
    const connection = await world.until(node.dial(a.address))
    expect(connection.remotePeer.equals(a.peerId)).toBe(true)
    expect(world.nowMs).toBe(200)
    expect(await world.until(node.services.ping.ping(a.peerId))).toBe(100)
  })

  simulationTest('learn of each other where they are, and where they are seen', async ({ simulate }) => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run, nat: 'symmetric' })]
    const [server, client] = [await a.start(), await b.start()]
    const observed: string[] = []
    client.swarm.on('address:observed', ({ address }) => observed.push(String(address)))
    const connection = await world.until(client.dial(a.address))
    const { listenAddrs } = await world.until(client.services.identify.identify(connection))
    expect(listenAddrs.map(String)).toEqual([`/ip4/${a.ip}/tcp/4001`])
    expect(server.getConnections().map(({ remoteAddr }) => String(remoteAddr))).toEqual(observed.slice(0, 1))
    expect(observed[0]).toContain(`/ip4/${b.nat?.ip}/tcp/`)
  })

  simulationTest('see a peer go and come back', async ({ simulate }) => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run })]
    await a.start()
    const node = await b.start()
    const closed: Connection[] = []
    node.addEventListener('connection:close', event => closed.push(event.detail))
    await world.until(node.dial(a.address))
    a.crash()
    await world.run({ ms: 10 })
    expect(closed).toHaveLength(1)
    await expect(world.until(node.dial(a.address))).rejects.toThrow(/nobody listens/)
    await a.restart()
    await world.until(node.dial(a.address))
  })

  simulationTest('find out by ping that a peer lost its power', async ({ simulate }) => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run })]
    await a.start()
    const node = await b.start()
    await world.until(node.dial(a.address))
    a.crash('power')
    await world.run({ ms: 15_000 + 10_000 + 1 })
    expect(node.getConnections()).toEqual([])
  })

  simulationTest('stop in good order, which takes no longer than the goodbyes travel', async ({ simulate }) => {
    const world = simulate({ link: { latencyMs: 50 } })
    const [a, b] = [world.host({ run }), world.host({ run })]
    const [server, node] = [await a.start(), await b.start()]
    await world.until(node.dial(a.address))
    await world.run({ ms: 60_000 })
    const stoppedAt = world.nowMs
    await world.until(b.stop())
    expect(world.nowMs - stoppedAt).toBeLessThanOrEqual(1000)
    await world.run({ ms: 50 })
    expect(server.getConnections()).toEqual([])
  })

  simulationTest('run as a swarm without the facade', async ({ simulate }) => {
    const world = simulate()
    const swarmOn = async (host: Host) => {
      const { addresses, ...options } = host.options()
      const swarm = createSwarm({
        ...options,
        peerId: host.peerId,
        peerStore: createPeerStore({ peerId: host.peerId, clock: host.clock }),
        streamMuxers: [yamux()],
        addresses: { listen: addresses.listen.map(text => multiaddr(text)) }
      })
      await swarm.start()
      return swarm
    }
    const [a, b] = [world.host({ run: swarmOn }), world.host({ run: swarmOn })]
    await a.start()
    const swarm = await b.start()
    const connection = await world.until(swarm.dial(a.address))
    expect(connection.remotePeer.equals(peerIdFromPrivateKey(a.privateKey))).toBe(true)
  })
})

describe('the same seed', () => {
  const psk = generateKey(new SeededRandom('psk'))
  const VARIANTS: Record<string, (host: Host) => Libp2pOptions> = {
    'without security': () => ({}),
    'with noise, whose keys are the seed’s': () => ({ connectionEncrypters: [noise()] }),
    'in a private network': () => ({ connectionProtector: pnet({ psk }) })
  }

  for (const [name, options] of Object.entries(VARIANTS)) {
    simulationTest(
      `gives nodes the same course, byte for byte, ${name}`,
      async ({ simulate }) => {
        const courseOf = async (seed: number): Promise<string[]> => {
          const world = simulate({ seed, link: wideArea({ seed, jitterMs: 5 }), nodeLogs: () => true })
          await ring(world, 10, host => createLibp2p({ ...host.options(), ...options(host) }))
          await world.run({ ms: 60_000 })
          return [...world.log, world.fingerprint]
        }
        const first = await courseOf(1)
        expect(await courseOf(1)).toEqual(first)
        expect((await courseOf(2)).at(-1)).not.toBe(first.at(-1))
      },
      { timeoutMs: 120_000 }
    )
  }

  it('gives whole nodes the same course in another process, of the newest Node', async () => {
    const [node, fixture] = ['../../../../node_modules/.bin/node', './course.fixture.ts'].map(path =>
      fileURLToPath(new URL(path, import.meta.url))
    ) as [string, string]
    const args = ['--no-warnings', '--conditions=@ts-libp2p/source', fixture]
    const { stdout } = await promisify(execFile)(node, args, { maxBuffer: 64 * 1024 * 1024 })
    const here = await course(1)
    expect(stdout.split('\n')).toEqual(here.split('\n'))
    expect(here).toMatch(/killed.*stop.*start/s)
  }, 120_000)
})

/** Hosts of which each dials the next. */
async function ring(world: World, count: number, start: (host: Host) => ReturnType<typeof createLibp2p>) {
  const hosts = Array.from({ length: count }, () => world.host({ run: start }))
  const nodes = await Promise.all(hosts.map(host => host.start()))
  const next = (i: number) => hosts[(i + 1) % count] as Host
  await world.until(Promise.all(nodes.map((node, i) => node.dial(next(i).address))))
}
