/** A walk through the DHT of real nodes. */
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, type PeerRouting } from '@ts-libp2p/libp2p'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DHT_PROTOCOL, type DhtNode, dhtNetwork, stopAll, tableHas } from '../../kad-dht/test/network.ts'
import { randomWalk } from '../src/index.ts'

let network: DhtNode[]
beforeAll(async () => {
  network = await dhtNetwork(8)
})
afterAll(() => stopAll(network))

it('who knows one peer walks to all of them', async () => {
  const routing = (): PeerRouting => node.peerRouting
  const node = await createLibp2p({
    services: {
      dht: kadDHT({ protocol: DHT_PROTOCOL, clientMode: true }),
      walk: randomWalk({ routing, initialLookups: 0, minIntervalMs: 10 })
    }
  })
  await node.dial(network[0]!.getMultiaddrs())
  await tableHas(node, 1)
  const met = new Set<string>()
  for await (const { id, multiaddrs } of node.services.walk.walk()) {
    expect(multiaddrs.length).toBeGreaterThan(0)
    if (met.add(String(id)).size === network.length) break
  }
  expect([...met].sort()).toEqual(network.map(({ peerId }) => String(peerId)).sort())
  expect(node.services.dht.routingTable.size).toBe(network.length)
  await node.stop()
})
