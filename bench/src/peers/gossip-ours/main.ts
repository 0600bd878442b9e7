import { gossipsub } from '@ts-libp2p/gossipsub'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { runGossipAgent } from '../gossip.ts'
import { packageVersion } from '../version.ts'

/** All peers are one host here, which the defaults would slow down; js-libp2p is given the same freedom. */
const ONE_HOST = { maxInboundPending: 1_000, inboundPerHostPerSecond: 1_000_000, inboundPerHostBurst: 1_000_000 }

runGossipAgent({
  version: packageVersion('@ts-libp2p/libp2p', import.meta.url),
  multiaddr,
  async createGossipNode({ listen, signed, inBackground }) {
    const globalSignaturePolicy = signed ? 'StrictSign' : 'StrictNoSign'
    const node = await createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      limits: ONE_HOST,
      services: { pubsub: gossipsub({ globalSignaturePolicy, verifyInBackground: inBackground }) }
    })
    return { node, pubsub: node.services.pubsub }
  }
})
