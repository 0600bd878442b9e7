import { mplex } from '@ts-libp2p/mplex'
import { tls } from '@ts-libp2p/tls'
import { yamux } from '@ts-libp2p/yamux'
import { describe } from 'vitest'
import { type MuxerName, type SecurityName, startRustPeer } from '../src/index.ts'
import { converse, type TransportName } from './conversation.ts'

describe.each<[SecurityName, MuxerName, TransportName]>([
  ['noise', 'yamux', 'tcp'],
  ['noise', 'yamux', 'ws'],
  ['tls', 'yamux', 'tcp'],
  ['tls', 'yamux', 'ws'],
  ['noise', 'mplex', 'tcp'],
  ['noise', 'mplex', 'ws'],
  ['tls', 'mplex', 'tcp'],
  ['tls', 'mplex', 'ws']
])('rust-libp2p 0.57, %s and %s over %s', (security, muxer, transport) => {
  converse({
    transport,
    start: () => startRustPeer({ security, muxer }),
    ours: {
      ...(security === 'tls' ? { connectionEncrypters: [tls()] } : {}),
      streamMuxers: [muxer === 'yamux' ? yamux() : mplex({ streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 } })]
    },
    muxer: muxer === 'yamux' ? '/yamux/1.0.0' : '/mplex/6.7.0',
    security: security === 'noise' ? '/noise' : '/tls/1.0.0',
    agentVersion: /rust-libp2p/,
    ourReset: () => ({ read: 'end', write: muxer === 'yamux' ? 'write zero' : 'broken pipe' }),
    // It looks for another signing domain in our peer record, and falls back to the unsigned addresses.
    readsOurRecord: false
  })
})
