import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'js-libp2p'
import { type GossipNode, runGossipAgent } from '../gossip.ts'
import { JS_LIBP2P, nodeOptions } from '../js-node.ts'

runGossipAgent({
  ...JS_LIBP2P,
  async createGossipNode({ listen, signed }) {
    const pubsub = gossipsub({
      globalSignaturePolicy: signed ? 'StrictSign' : 'StrictNoSign',
      allowPublishToZeroTopicPeers: true,
      // Many peers behind one address are an attack to it, which this is not.
      scoreParams: { IPColocationFactorWeight: 0 }
    })
    const node = await createLibp2p({ ...nodeOptions(listen), services: { identify: identify(), pubsub } })
    return { node, pubsub: node.services.pubsub } as unknown as GossipNode
  }
})
