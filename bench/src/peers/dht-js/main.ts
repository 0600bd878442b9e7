import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { createLibp2p } from 'js-libp2p'
import { type DhtNode, runDhtAgent } from '../dht.ts'
import { JS_LIBP2P, nodeOptions } from '../js-node.ts'

runDhtAgent({
  ...JS_LIBP2P,
  async createDhtNode(listen) {
    const dht = kadDHT({
      protocol: '/bench/kad/1.0.0',
      clientMode: listen.length === 0,
      peerInfoMapper: passthroughMapper
    })
    const node = await createLibp2p({
      ...nodeOptions(listen),
      services: { identify: identify(), ping: ping(), dht }
    })
    return { node, dht: node.services.dht } as unknown as DhtNode
  }
})
