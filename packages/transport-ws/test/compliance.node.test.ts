import { multiaddr } from '@ts-libp2p/multiaddr'
import { transportCompliance } from '@ts-libp2p/testing'
import { webSockets } from '../src/index.ts'
import { trusting } from './connected.ts'

const foreign = ['/ip4/127.0.0.1/udp/4001/quic-v1', '/ip4/127.0.0.1/tcp/4001', '/memory/1'].map(text => multiaddr(text))

transportCompliance('/ws', {
  hasHalfClose: false,
  create: () => ({
    transport: webSockets()(),
    listenAddrs: () => ['/ip4/127.0.0.1/tcp/0/ws', '/ip6/::1/tcp/0/ws'].map(text => multiaddr(text)),
    foreignAddrs: () => foreign,
    deadAddr: () => multiaddr('/ip4/127.0.0.1/tcp/1/ws')
  })
})

transportCompliance('/tls/ws', {
  hasHalfClose: false,
  create: () => ({
    transport: webSockets(trusting)(),
    listenAddrs: () => ['/ip4/127.0.0.1/tcp/0/tls/ws', '/ip4/127.0.0.1/tcp/0/wss'].map(text => multiaddr(text)),
    foreignAddrs: () => foreign,
    deadAddr: () => multiaddr('/ip4/127.0.0.1/tcp/1/tls/ws')
  })
})
