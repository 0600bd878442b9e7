import tests from '@libp2p/interface-compliance-tests/transport'
import { Memory, TCP, WebSockets } from '@multiformats/multiaddr-matcher'
import { asLibp2p } from '@ts-libp2p/compat-js-libp2p'
import { plaintext } from '@ts-libp2p/plaintext'
import { memory } from '@ts-libp2p/transport-memory'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'

const TRANSPORTS = {
  'transport-tcp': {
    transport: asLibp2p(tcp()),
    matcher: TCP,
    listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0']
  },
  'transport-ws': {
    transport: asLibp2p(webSockets()),
    matcher: WebSockets,
    listen: ['/ip4/127.0.0.1/tcp/0/ws', '/ip4/127.0.0.1/tcp/0/ws']
  },
  'transport-memory': { transport: asLibp2p(memory()), matcher: Memory, listen: ['/memory/1', '/memory/2'] }
}

for (const [name, { transport, matcher, listen }] of Object.entries(TRANSPORTS)) {
  describe(name, () => {
    const options = { transports: [transport], connectionEncrypters: [plaintext()], streamMuxers: [yamux()] }
    tests({
      setup: async () => ({
        dialer: { ...options, connectionGater: { denyDialMultiaddr: () => false } },
        listener: { ...options, addresses: { listen } },
        dialMultiaddrMatcher: matcher,
        listenMultiaddrMatcher: matcher
      }),
      teardown: async () => {}
    })
  })
}
