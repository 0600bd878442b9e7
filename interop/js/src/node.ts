import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { mplex } from '@libp2p/mplex'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'js-libp2p'
import { pubsubService } from './commands/pubsub.ts'
import { discoveryServices } from './discovery.ts'

/** With a seed the same one every time. */
export const privateKey = await key(process.env.SEED)

export type PeerNode = Awaited<ReturnType<typeof startNode>>

// The suite opens streams quickly, and identifies beside the node's own identify.
const MUXERS = { yamux: yamux(), mplex: mplex({ disconnectThreshold: 10_000 }) }

/** The suites come from one host, again and again. */
const ONE_HOST = { inboundConnectionThreshold: 1_000_000, maxIncomingPendingConnections: 1000 }

/** It and the ping service share a limit of one stream: whichever comes second fails, the heartbeat with its connection. */
const NO_HEARTBEAT = { enabled: false }

/** What each group of commands needs is among the services; what not every test wants, where `SERVICES` names it. */
export async function startNode() {
  return await createLibp2p({
    privateKey,
    addresses: { listen: (process.env.LISTEN ?? '/ip4/127.0.0.1/tcp/0,/ip4/127.0.0.1/tcp/0/ws').split(',') },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [process.env.SECURITY === 'tls' ? tls() : noise()],
    streamMuxers: [process.env.MUXER === 'mplex' ? MUXERS.mplex : MUXERS.yamux],
    connectionManager: ONE_HOST,
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: NO_HEARTBEAT,
    services: {
      identify: identify({ maxOutboundStreams: 4 }),
      ping: ping(),
      ...pubsubService(),
      ...discoveryServices()
    }
  })
}

function key(seed: string | undefined) {
  return seed ? generateKeyPairFromSeed('Ed25519', Buffer.alloc(32, Number(seed))) : generateKeyPair('Ed25519')
}
