/** What the programs of this project have in common. */
import { type Libp2pOptions, multiaddr } from '@ts-libp2p/libp2p'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { packageVersion } from './version.ts'

export const OURS = { version: packageVersion('@ts-libp2p/libp2p', import.meta.url), multiaddr }

/** All peers are one host here, which the defaults would slow down; js-libp2p is given the same freedom. */
export const ONE_HOST = { maxInboundPending: 1_000, inboundPerHostPerSecond: 1_000_000, inboundPerHostBurst: 1_000_000 }

/** TCP, noise and yamux. */
export function nodeOptions(listen: string[]) {
  return {
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    limits: ONE_HOST
  } satisfies Libp2pOptions
}
