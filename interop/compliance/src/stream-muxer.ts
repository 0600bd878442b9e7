import tests from '@libp2p/interface-compliance-tests/stream-muxer'
import { mplex } from '@ts-libp2p/mplex'
import { yamux } from '@ts-libp2p/yamux'

/** The stress tests open 1,000 streams at once. */
const MANY = { maxInboundStreams: 5_000, maxOutboundStreams: 5_000 }

describe('yamux', () => {
  tests({ setup: async () => yamux(MANY)(), teardown: async () => {} })
})

describe('mplex', () => {
  tests({ setup: async () => mplex(MANY)(), teardown: async () => {} })
})
