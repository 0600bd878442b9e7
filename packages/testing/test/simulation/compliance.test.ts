import { multiaddr } from '@ts-libp2p/multiaddr'
import { nullSecurity, securityCompliance, transportCompliance } from '../../src/index.ts'
import { type LinkOptions, simulate } from '../../src/simulation/index.ts'

securityCompliance('nullSecurity', { create: ({ peerId }) => nullSecurity()({ peerId }), authenticates: false })

const LINKS: Record<string, LinkOptions> = {
  'an ideal link': { latencyMs: 0 },
  'a slow link': { latencyMs: 3, jitterMs: 2, bandwidthBytesPerSecond: 10_000_000 },
  'a link that stalls': { latencyMs: 1, stallChance: 0.1, stallMs: 20 }
}

for (const [name, link] of Object.entries(LINKS)) {
  transportCompliance(`the simulated network with ${name}`, {
    create: () => {
      const world = simulate({ link, reality: 'allow' })
      const [a, b] = [world.host({ ip: '10.0.0.1' }), world.host({ ip: '10.0.0.2' })]
      let isOver = false
      // The suite waits in real time: here time runs by itself, a millisecond per turn of the event loop.
      const flow = (async () => {
        while (!isOver) await world.run({ ms: 1 })
      })()
      return {
        transport: a.transport()({}),
        listener: b.transport()({}),
        listenAddrs: () => [multiaddr('/ip4/10.0.0.2/tcp/0'), multiaddr('/ip4/0.0.0.0/tcp/0')],
        foreignAddrs: () => [
          multiaddr('/memory/1'),
          multiaddr('/ip4/10.0.0.1/udp/4001/quic-v1'),
          multiaddr('/dns4/a.example/tcp/1')
        ],
        deadAddr: () => multiaddr('/ip4/10.0.0.2/tcp/1'),
        stop: async () => {
          isOver = true
          await flow
        }
      }
    }
  })
}
