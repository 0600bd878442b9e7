import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Node } from '@ts-libp2p/interface'
import { CompatError, unsupported } from './errors.ts'

/** The connections of a node, as js-libp2p's services use them. */
export function connectionManagerOf(node: Node): ConnectionManager {
  return {
    getConnections: peer => node.connections(peer),
    getConnectionsMap: unsupported('connectionManager.getConnectionsMap'),
    getMaxConnections: () => Number.POSITIVE_INFINITY,
    setMaxConnections: unsupported('connectionManager.setMaxConnections'),
    openConnection: async (target, { signal, force, initiator } = {}) => {
      if (initiator === false) throw new CompatError('unsupported', 'this node dials as the initiator only')
      return await node.dial(target, { signal, force })
    },
    openStream: (target, protocols, options) => node.openStream(target, protocols, options),
    closeConnections: (peer, options) => node.hangUp(peer, options),
    // The node has looked at the connection already.
    acceptIncomingConnection: () => true,
    afterUpgradeInbound: () => {},
    getDialQueue: () => [],
    // The dial says why when it cannot.
    isDialable: async () => true
  }
}
