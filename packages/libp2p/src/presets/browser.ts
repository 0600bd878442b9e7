import { identify } from '@ts-libp2p/identify'
import { noise } from '@ts-libp2p/noise'
import { ping } from '@ts-libp2p/ping'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import type { Preset } from '../options.ts'

/** A node in a browser: dials WebSocket, listens nowhere, keeps fewer connections. */
export const browser: Preset = {
  addresses: { listen: [] },
  transports: [webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping() },
  limits: { maxConnections: 100, maxParallelAttempts: 32 }
}
