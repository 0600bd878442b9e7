import { multiaddr } from '@multiformats/multiaddr'
import type { Commands } from '../lines.ts'
import type { PeerNode } from '../node.ts'

/** The node and its connections. */
export function connectCommands(node: PeerNode): Commands {
  return {
    info: async () => ({ peerId: node.peerId.toString(), addrs: node.getMultiaddrs().map(String) }),
    dial: async ({ addr }) => {
      const { remotePeer, encryption, multiplexer } = await node.dial(multiaddr(addr))
      return { peerId: remotePeer.toString(), security: encryption, muxer: multiplexer }
    },
    ping: async ({ addr }) => ({ rttMs: await node.services.ping.ping(multiaddr(addr)) }),
    identify: async ({ addr }) => {
      const result = await node.services.identify.identify(await node.dial(multiaddr(addr), { force: true }))
      return {
        peerId: result.peerId.toString(),
        agentVersion: result.agentVersion,
        protocolVersion: result.protocolVersion,
        protocols: result.protocols,
        listenAddrs: result.listenAddrs.map(String),
        observedAddr: result.observedAddr?.toString(),
        signedAddrs: result.signedPeerRecord?.addresses.map(String)
      }
    },
    connections: async () => ({ count: node.getConnections().length }),
    stop: async () => {
      await node.stop()
      return {}
    }
  }
}
