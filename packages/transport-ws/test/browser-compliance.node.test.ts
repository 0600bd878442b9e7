import type { CreateListenerOptions } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noLog, systemClock } from '@ts-libp2p/stream'
import { transportCompliance } from '@ts-libp2p/testing'
import { vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { webSockets } from '../src/index.ts'
import { WsListener } from '../src/listener.node.ts'
import type { ListenerSettings } from '../src/settings.ts'

// What a bundler for browsers does with this package's `imports`.
vi.mock('#socket', () => import('../src/socket.browser.ts'))
// Node 20 has no WebSocket of its own; that of the library has the same interface.
if (!('WebSocket' in globalThis)) vi.stubGlobal('WebSocket', NodeWebSocket)

const settings: ListenerSettings = {
  clock: systemClock,
  log: noLog,
  closeTimeoutMs: 500,
  maxPayload: 1_000_000,
  websocket: {},
  backlog: 511,
  maxConnections: 1000,
  tls: undefined,
  inbound: undefined
}

transportCompliance("the browser's WebSocket", {
  hasHalfClose: false,
  canListen: false,
  create: () => ({
    transport: webSockets()(),
    listener: Object.assign(webSockets()(), {
      createListener: ({ upgrader }: CreateListenerOptions) => new WsListener(upgrader, settings)
    }),
    listenAddrs: () => ['/ip4/127.0.0.1/tcp/0/ws', '/ip6/::1/tcp/0/ws'].map(text => multiaddr(text)),
    foreignAddrs: () => ['/ip4/127.0.0.1/tcp/4001', '/memory/1'].map(text => multiaddr(text)),
    deadAddr: () => multiaddr('/ip4/127.0.0.1/tcp/1/ws')
  })
})
