import type { Connection } from '@ts-libp2p/interface'
import { ping } from '@ts-libp2p/ping'
import { type Host, simulate } from '@ts-libp2p/testing/simulation'
import { describe, expect, it } from 'vitest'
import { createLibp2p } from '../../src/index.ts'

const run = (host: Host) => createLibp2p({ ...host.options(), services: { ping: ping({ intervalMs: 15_000 }) } })

describe('whole nodes in virtual time', () => {
  it('dial in two round trips and ping in one', async () => {
    const world = simulate({ link: { latencyMs: 50 } })
    const [a, b] = [world.host({ run }), world.host({ run, skewMs: 250 })]
    await a.start()
    const node = await b.start()
    const connection = await world.until(node.dial(a.address))
    expect(connection.remotePeer.equals(a.peerId)).toBe(true)
    expect(world.nowMs).toBe(200)
    expect(await world.until(node.services.ping.ping(a.peerId))).toBe(100)
  })

  it('see a peer go and come back', async () => {
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

  it('take the same course from the same seed', async () => {
    const course = async (seed: number): Promise<string> => {
      const world = simulate({ seed, link: { latencyMs: 20, jitterMs: 5 } })
      const hosts = Array.from({ length: 10 }, () => world.host({ run }))
      const nodes = await Promise.all(hosts.map(host => host.start()))
      await world.until(Promise.all(nodes.map((node, i) => node.dial(hosts[(i + 1) % 10]?.address ?? []))))
      await world.run({ ms: 60_000 })
      return world.fingerprint
    }
    expect(await course(1)).toBe(await course(1))
    expect(await course(1)).not.toBe(await course(2))
  })
})
