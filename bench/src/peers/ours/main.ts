import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { runAgent } from '../libp2p.ts'
import { packageVersion } from '../version.ts'

const MANY_STREAMS = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }
/** All peers are one host here, which the defaults would slow down; js-libp2p is given the same freedom. */
const ONE_HOST = {
  maxConnections: 10_000,
  lowWaterConnections: 8_000,
  maxInboundPending: 1_000,
  inboundPerHostPerSecond: 1_000_000,
  inboundPerHostBurst: 1_000_000
}
const nothing = (): object => ({})

await runAgent({
  version: packageVersion('@ts-libp2p/libp2p', import.meta.url),
  multiaddr,
  drained: stream => stream.onDrain(),
  createNode: ({ listen, services }) =>
    createLibp2p({
      addresses: { listen },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux(MANY_STREAMS)],
      limits: ONE_HOST,
      ...(services === 'none' ? { services: { identify: nothing, ping: nothing } } : {})
    })
})
