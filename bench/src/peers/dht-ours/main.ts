import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { runDhtAgent } from '../dht.ts'
import { packageVersion } from '../version.ts'

/** All peers are one host here, which the defaults would slow down; js-libp2p is given the same freedom. */
const ONE_HOST = { maxInboundPending: 1_000, inboundPerHostPerSecond: 1_000_000, inboundPerHostBurst: 1_000_000 }

runDhtAgent({
  version: packageVersion('@ts-libp2p/libp2p', import.meta.url),
  multiaddr,
  async createDhtNode(listen) {
    const node = await createLibp2p({
      addresses: { listen },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      limits: ONE_HOST,
      services: { dht: kadDHT({ protocol: '/bench/kad/1.0.0', clientMode: listen.length === 0 }) }
    })
    return { node, dht: node.services.dht }
  }
})
