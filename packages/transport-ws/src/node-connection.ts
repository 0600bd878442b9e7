import type { Socket } from 'node:net'
import type { Multiaddr } from '@ts-libp2p/interface'
import { ByteConnection } from '@ts-libp2p/stream'
import type { WebSocket } from 'ws'
import { MAX_LINGER_MS } from './limits.ts'
import { NodePort } from './node-port.ts'
import { WebSocketOwner } from './owner.ts'
import type { ConnectionSettings } from './settings.ts'

/** The raw connection over an open WebSocket. */
export function connectionOver(
  ws: WebSocket,
  socket: Socket,
  direction: 'inbound' | 'outbound',
  remoteAddr: Multiaddr,
  settings: ConnectionSettings
): ByteConnection {
  const { clock, log } = settings
  const owner = new WebSocketOwner({ ...settings, remoteAddr })
  const conn = new ByteConnection({ owner, direction, remoteAddr, clock, log })
  owner.join(conn, new NodePort(ws, socket, owner))
  return conn
}

/** What both roles of the `ws` library have in common. Compression is off: what we carry is encrypted. */
export function webSocketOptions({ maxPayload }: ConnectionSettings): {
  maxPayload: number
  perMessageDeflate: false
  closeTimeout: number
} {
  return { maxPayload, perMessageDeflate: false, closeTimeout: MAX_LINGER_MS }
}
