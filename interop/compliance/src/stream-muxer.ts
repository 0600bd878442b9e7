import tests from '@libp2p/interface-compliance-tests/stream-muxer'
import { mplex } from '@ts-libp2p/mplex'
import { yamux } from '@ts-libp2p/yamux'

/** The stress tests open 1,000 streams at once. */
const MANY = { maxInboundStreams: 5_000, maxOutboundStreams: 5_000 }

/** The suite compares with `Date.now()`, which the system may set back a little, and a monotonic clock does not follow. */
const clock = {
  now: () => Date.now(),
  after(ms: number, fn: () => void) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  }
}

describe('yamux', () => {
  tests({ setup: async () => yamux(MANY)({ clock }), teardown: async () => {} })
})

describe('mplex', () => {
  tests({ setup: async () => mplex(MANY)({ clock }), teardown: async () => {} })
})
