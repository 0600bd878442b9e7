import tests from '@libp2p/interface-compliance-tests/peer-discovery'
import { bootstrap } from '@ts-libp2p/bootstrap'
import { createLibp2p, type Libp2pNode } from '@ts-libp2p/libp2p'
import { memory } from '@ts-libp2p/transport-memory'

const PEER = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5'

/** Each discovery here: what makes it for a node, and finds at least one peer. Add others, mdns for instance. */
const DISCOVERIES = {
  bootstrap: bootstrap({ peers: [`/memory/777/p2p/${PEER}`] })
}

for (const [name, make] of Object.entries(DISCOVERIES)) {
  describe(name, () => {
    let node: Libp2pNode
    tests({
      setup: async () => {
        node = await createLibp2p({ transports: [memory()], addresses: { listen: [] } })
        return make(node.swarm)
      },
      teardown: async () => await node.stop()
    })
  })
}
