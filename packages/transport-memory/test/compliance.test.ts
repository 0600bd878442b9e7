import { multiaddr } from '@ts-libp2p/multiaddr'
import { transportCompliance } from '@ts-libp2p/testing'
import { MemoryNetwork, memory } from '../src/index.ts'

transportCompliance('memory', {
  create: () => ({
    transport: memory({ network: new MemoryNetwork() })(),
    listenAddrs: () => [multiaddr('/memory/0'), multiaddr('/memory/7')],
    foreignAddrs: () => [multiaddr('/ip4/127.0.0.1/tcp/4001'), multiaddr('/unix/memory')],
    deadAddr: () => multiaddr('/memory/12345')
  })
})

transportCompliance('memory with latency', {
  create: () => ({
    transport: memory({ network: new MemoryNetwork({ latencyMs: 1 }) })(),
    listenAddrs: () => [multiaddr('/memory/0')],
    foreignAddrs: () => [multiaddr('/ip4/127.0.0.1/tcp/4001')],
    deadAddr: () => multiaddr('/memory/12345')
  })
})
