import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'js-libp2p'
import { type GossipNode, runGossipAgent } from '../gossip.ts'
import { packageVersion } from '../version.ts'

/** All peers are one host here, which the defaults would slow down. */
const ONE_HOST = { maxIncomingPendingConnections: 1_000, inboundConnectionThreshold: 1_000_000 }

runGossipAgent({
  version: packageVersion('js-libp2p', import.meta.url),
  multiaddr: multiaddr as unknown as Parameters<typeof runGossipAgent>[0]['multiaddr'],
  async createGossipNode({ listen, signed }) {
    const pubsub = gossipsub({
      globalSignaturePolicy: signed ? 'StrictSign' : 'StrictNoSign',
      allowPublishToZeroTopicPeers: true,
      // Many peers behind one address are an attack to it, which this is not.
      scoreParams: { IPColocationFactorWeight: 0 }
    })
    const node = await createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: ONE_HOST,
      connectionGater: { denyDialMultiaddr: () => false },
      services: { identify: identify(), pubsub }
    })
    return { node, pubsub: node.services.pubsub } as unknown as GossipNode
  }
})
