import { mplex } from '@ts-libp2p/mplex'
import { yamux } from '@ts-libp2p/yamux'
import { describe } from 'vitest'
import { type MuxerName, startJsPeer } from '../src/index.ts'
import { converse, type TransportName } from './conversation.ts'

// Mplex has no flow control: what is echoed slower than it comes must find room.
const MUXERS = {
  yamux: { id: '/yamux/1.0.0', factory: yamux() },
  mplex: { id: '/mplex/6.7.0', factory: mplex({ streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 } }) }
}

describe.each<[MuxerName, TransportName]>([
  ['yamux', 'tcp'],
  ['yamux', 'ws'],
  ['mplex', 'tcp'],
  ['mplex', 'ws']
])('js-libp2p 3.3, %s over %s', (muxer, transport) => {
  converse({
    transport,
    start: () => startJsPeer(muxer),
    ours: { streamMuxers: [MUXERS[muxer].factory] },
    muxer: MUXERS[muxer].id,
    security: '/noise',
    agentVersion: /js-libp2p/,
    ourReset: () => ({ error: 'StreamResetError', status: 'reset' })
  })
})
