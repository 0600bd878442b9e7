import { identify } from '@ts-libp2p/identify'
import { createResolver } from '@ts-libp2p/multiaddr'
import { noise } from '@ts-libp2p/noise'
import { ping } from '@ts-libp2p/ping'
import { memory } from '@ts-libp2p/transport-memory'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import type { Preset } from '../options.ts'

/** A node in Node: listens on free TCP ports of every interface, dials TCP and WebSocket. What `createLibp2p()` uses. */
export const node: Preset = {
  addresses: { listen: ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'] },
  transports: [tcp(), webSockets(), memory()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() },
  resolver: createResolver()
}
