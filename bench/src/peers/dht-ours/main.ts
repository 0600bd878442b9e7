import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { runDhtAgent } from '../dht.ts'
import { nodeOptions, OURS } from '../our-node.ts'

runDhtAgent({
  ...OURS,
  async createDhtNode(listen) {
    const node = await createLibp2p({
      ...nodeOptions(listen),
      services: { dht: kadDHT({ protocol: '/bench/kad/1.0.0', clientMode: listen.length === 0 }) }
    })
    return { node, dht: node.services.dht }
  }
})
