import type { Preset } from '../options.ts'
import { node } from './node.ts'

/** A node that others count on: fixed ports (TCP 4001, WebSocket 4002), many connections. */
export const server: Preset = {
  ...node,
  addresses: {
    listen: ['/ip4/0.0.0.0/tcp/4001', '/ip6/::/tcp/4001', '/ip4/0.0.0.0/tcp/4002/ws', '/ip6/::/tcp/4002/ws']
  },
  limits: { maxConnections: 4096, maxInboundPending: 512, maxParallelAttempts: 256 }
}
