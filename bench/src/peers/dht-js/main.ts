import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'js-libp2p'
import { type DhtNode, runDhtAgent } from '../dht.ts'
import { packageVersion } from '../version.ts'

/** All peers are one host here, which the defaults would slow down. */
const ONE_HOST = { maxIncomingPendingConnections: 1_000, inboundConnectionThreshold: 1_000_000 }

runDhtAgent({
  version: packageVersion('js-libp2p', import.meta.url),
  multiaddr: multiaddr as unknown as Parameters<typeof runDhtAgent>[0]['multiaddr'],
  async createDhtNode(listen) {
    const dht = kadDHT({
      protocol: '/bench/kad/1.0.0',
      clientMode: listen.length === 0,
      peerInfoMapper: passthroughMapper
    })
    const node = await createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: ONE_HOST,
      connectionGater: { denyDialMultiaddr: () => false },
      services: { identify: identify(), ping: ping(), dht }
    })
    return { node, dht: node.services.dht } as unknown as DhtNode
  }
})
