import type { PrivateKey } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { noise } from '@ts-libp2p/noise'
import { perf } from '@ts-libp2p/perf'
import { tls } from '@ts-libp2p/tls'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'

/** By the names that the harnesses use. */
export const TRANSPORTS = {
  tcp: { factory: tcp(), address: (ip: string, port: number) => `/ip4/${ip}/tcp/${port}` },
  ws: { factory: webSockets(), address: (ip: string, port: number) => `/ip4/${ip}/tcp/${port}/ws` }
} as const

export const SECURITY = { noise: noise(), tls: tls() } as const

export const MUXERS = { yamux: yamux(), mplex: mplex() } as const

/** What a node speaks: one of each, as a harness says. */
export interface Stack {
  transport: keyof typeof TRANSPORTS
  security: keyof typeof SECURITY
  muxer: keyof typeof MUXERS
}

export interface NodeOptions {
  /** Where to accept connections. */
  listen?: { ip: string; port: number }
  privateKey?: PrivateKey
}

export type AdapterNode = Awaited<ReturnType<typeof startNode>>

export async function startNode(stack: Stack, { listen, privateKey }: NodeOptions = {}) {
  const { factory, address } = TRANSPORTS[stack.transport]
  return await createLibp2p({
    ...(privateKey === undefined ? {} : { privateKey }),
    addresses: { listen: listen === undefined ? [] : [address(listen.ip, listen.port)] },
    transports: [factory],
    connectionEncrypters: [SECURITY[stack.security]],
    streamMuxers: [MUXERS[stack.muxer]],
    services: { perf: perf() }
  })
}
