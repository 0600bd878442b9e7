/** Our modules in an unmodified js-libp2p node: each alone, all together; it talks with plain js-libp2p and with ours. */
import { asLibp2p } from '@ts-libp2p/compat-js-libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { noise } from '@ts-libp2p/noise'
import { tls } from '@ts-libp2p/tls'
import { tcp } from '@ts-libp2p/transport-tcp'
import { webSockets } from '@ts-libp2p/transport-ws'
import { yamux } from '@ts-libp2p/yamux'
import { describe } from 'vitest'
import type { Agreed, AnyNode, Speaks, TheirModules } from '../src/index.ts'
import { jsNode, ourNode, talk } from '../src/index.ts'

interface Given {
  speaks: Speaks
  parts: TheirModules
  agreed: Agreed
}

/** Mplex has no flow control: what is echoed slower than it comes must find room. */
const roomyMplex = mplex({ streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 } })

const GIVEN: Record<string, Given> = {
  tcp: { speaks: {}, parts: { transports: [asLibp2p(tcp())] }, agreed: {} },
  ws: { speaks: { transport: 'ws' }, parts: { transports: [asLibp2p(webSockets())] }, agreed: {} },
  noise: { speaks: {}, parts: { connectionEncrypters: [noise()] }, agreed: { encryption: '/noise' } },
  tls: {
    speaks: { security: 'tls' },
    parts: { connectionEncrypters: [tls()] },
    agreed: { encryption: '/tls/1.0.0' }
  },
  yamux: { speaks: {}, parts: { streamMuxers: [yamux()] }, agreed: { multiplexer: '/yamux/1.0.0' } },
  mplex: {
    speaks: { muxer: 'mplex' },
    parts: { streamMuxers: [roomyMplex] },
    agreed: { multiplexer: '/mplex/6.7.0' }
  },
  'tcp and noise': {
    speaks: {},
    parts: { transports: [asLibp2p(tcp())], connectionEncrypters: [noise()] },
    agreed: { encryption: '/noise' }
  },
  'tcp and yamux': {
    speaks: {},
    parts: { transports: [asLibp2p(tcp())], streamMuxers: [yamux()] },
    agreed: { multiplexer: '/yamux/1.0.0' }
  },
  'noise and yamux': {
    speaks: {},
    parts: { connectionEncrypters: [noise()], streamMuxers: [yamux()] },
    agreed: { encryption: '/noise', multiplexer: '/yamux/1.0.0' }
  },
  'tcp, noise and yamux': {
    speaks: {},
    parts: { transports: [asLibp2p(tcp())], connectionEncrypters: [noise()], streamMuxers: [yamux()] },
    agreed: { encryption: '/noise', multiplexer: '/yamux/1.0.0' }
  },
  'ws, tls and mplex': {
    speaks: { transport: 'ws', security: 'tls', muxer: 'mplex' },
    parts: { transports: [asLibp2p(webSockets())], connectionEncrypters: [tls()], streamMuxers: [roomyMplex] },
    agreed: { encryption: '/tls/1.0.0', multiplexer: '/mplex/6.7.0' }
  }
}

const PARTNERS: Record<string, (speaks: Speaks) => Promise<AnyNode>> = { 'js-libp2p': jsNode, ours: ourNode }

describe.each(Object.keys(GIVEN))('js-libp2p with our %s', name => {
  const { speaks, parts, agreed } = GIVEN[name]!
  describe.each(Object.keys(PARTNERS))('talks with %s:', partner => {
    const cutsOff = partner === 'js-libp2p' && speaks.security === 'tls' ? 'the other' : undefined
    talk(async () => [await jsNode(speaks, parts), await PARTNERS[partner]!(speaks)], { agreed, cutsOff })
  })
})
