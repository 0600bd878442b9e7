import { gossipsub } from '@ts-libp2p/gossipsub'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { runGossipAgent } from '../gossip.ts'
import { nodeOptions, OURS } from '../our-node.ts'

runGossipAgent({
  ...OURS,
  async createGossipNode({ listen, signed }) {
    const globalSignaturePolicy = signed ? 'StrictSign' : 'StrictNoSign'
    const node = await createLibp2p({
      ...nodeOptions(listen),
      services: { pubsub: gossipsub({ globalSignaturePolicy }) }
    })
    return { node, pubsub: node.services.pubsub }
  }
})
