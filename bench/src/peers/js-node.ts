/** What the programs of js-libp2p have in common. */
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@ts-libp2p/interface'
import type { Libp2pOptions } from 'js-libp2p'
import { packageVersion } from './version.ts'

export const JS_LIBP2P = {
  version: packageVersion('js-libp2p', import.meta.url),
  multiaddr: multiaddr as unknown as (text: string) => Multiaddr
}

/** All peers are one host here, which the defaults would slow down. */
export const ONE_HOST = { maxIncomingPendingConnections: 1_000, inboundConnectionThreshold: 1_000_000 }

/** TCP, noise, yamux, and no address refused. */
export function nodeOptions(listen: string[]) {
  return {
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: ONE_HOST,
    connectionGater: { denyDialMultiaddr: () => false }
  } satisfies Libp2pOptions
}
