import { createLibp2p } from '@ts-libp2p/libp2p'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { runAgent } from '../libp2p.ts'
import { nodeOptions, ONE_HOST, OURS } from '../our-node.ts'

const MANY_STREAMS = { maxInboundStreams: 4096, maxOutboundStreams: 4096 }
const nothing = (): object => ({})

await runAgent({
  ...OURS,
  drained: stream => stream.onDrain(),
  createNode: ({ listen, services }) =>
    createLibp2p({
      ...nodeOptions(listen),
      transports: [tcp(), webSockets()],
      streamMuxers: [yamux(MANY_STREAMS)],
      limits: { ...ONE_HOST, maxConnections: 10_000, lowWaterConnections: 8_000 },
      ...(services === 'none' ? { services: { identify: nothing, ping: nothing } } : {})
    })
})
