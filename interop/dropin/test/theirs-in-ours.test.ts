/** js-libp2p's modules in a node of ours: each alone, all together; it talks with plain js-libp2p and with ours. */
import { noise as chainsafeNoise } from '@chainsafe/libp2p-noise'
import { yamux as chainsafeYamux } from '@chainsafe/libp2p-yamux'
import { mplex } from '@libp2p/mplex'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { describe } from 'vitest'
import type { Agreed, AnyNode, OurModules, Speaks } from '../src/index.ts'
import { jsNode, ourNode, talk } from '../src/index.ts'

interface Given {
  speaks: Speaks
  parts: OurModules
  agreed: Agreed
}

/** The suite opens streams quickly. */
const patientMplex = mplex({ disconnectThreshold: 10_000 })

const GIVEN: Record<string, Given> = {
  '@libp2p/tcp': { speaks: {}, parts: { transports: [tcp()] }, agreed: {} },
  '@libp2p/websockets': { speaks: { transport: 'ws' }, parts: { transports: [webSockets()] }, agreed: {} },
  '@libp2p/noise': { speaks: {}, parts: { connectionEncrypters: [noise()] }, agreed: { encryption: '/noise' } },
  '@chainsafe/libp2p-noise': {
    speaks: {},
    parts: { connectionEncrypters: [chainsafeNoise()] },
    agreed: { encryption: '/noise' }
  },
  '@libp2p/tls': {
    speaks: { security: 'tls' },
    parts: { connectionEncrypters: [tls()] },
    agreed: { encryption: '/tls/1.0.0' }
  },
  '@libp2p/yamux': { speaks: {}, parts: { streamMuxers: [yamux()] }, agreed: { multiplexer: '/yamux/1.0.0' } },
  '@chainsafe/libp2p-yamux': {
    speaks: {},
    parts: { streamMuxers: [chainsafeYamux()] },
    agreed: { multiplexer: '/yamux/1.0.0' }
  },
  '@libp2p/mplex': {
    speaks: { muxer: 'mplex' },
    parts: { streamMuxers: [patientMplex] },
    agreed: { multiplexer: '/mplex/6.7.0' }
  },
  '@libp2p/tcp and @libp2p/yamux': {
    speaks: {},
    parts: { transports: [tcp()], streamMuxers: [yamux()] },
    agreed: { multiplexer: '/yamux/1.0.0' }
  },
  '@libp2p/tcp, @libp2p/noise and @libp2p/yamux': {
    speaks: {},
    parts: { transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] },
    agreed: { encryption: '/noise', multiplexer: '/yamux/1.0.0' }
  },
  '@libp2p/websockets, @libp2p/tls and @libp2p/mplex': {
    speaks: { transport: 'ws', security: 'tls', muxer: 'mplex' },
    parts: { transports: [webSockets()], connectionEncrypters: [tls()], streamMuxers: [patientMplex] },
    agreed: { encryption: '/tls/1.0.0', multiplexer: '/mplex/6.7.0' }
  }
}

const PARTNERS: Record<string, (speaks: Speaks) => Promise<AnyNode>> = { 'js-libp2p': jsNode, ours: ourNode }

describe.each(Object.keys(GIVEN))('ours with %s', name => {
  const { speaks, parts, agreed } = GIVEN[name]!
  describe.each(Object.keys(PARTNERS))('talks with %s:', partner => {
    const cutsOff = partner === 'js-libp2p' && speaks.security === 'tls' ? 'the other' : undefined
    talk(async () => [await ourNode(speaks, parts), await PARTNERS[partner]!(speaks)], { agreed, cutsOff })
  })
})
