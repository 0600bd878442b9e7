import { multiaddr } from '@ts-libp2p/multiaddr'
import { transportCompliance } from '@ts-libp2p/testing'
import { tcp } from '../src/index.ts'

const foreign = ['/ip4/127.0.0.1/udp/4001/quic-v1', '/ip4/127.0.0.1/tcp/4001/ws', '/memory/1'].map(text =>
  multiaddr(text)
)

transportCompliance('TCP', {
  create: () => ({
    transport: tcp()(),
    listenAddrs: () => ['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0', '/ip4/0.0.0.0/tcp/0'].map(text => multiaddr(text)),
    foreignAddrs: () => foreign,
    deadAddr: () => multiaddr('/ip4/127.0.0.1/tcp/1')
  })
})
