import { tls } from '@ts-libp2p/tls'
import { describe } from 'vitest'
import { type SecurityName, startGoPeer } from '../src/index.ts'
import { converse, type TransportName } from './conversation.ts'

// Ours speaks noise and yamux when nothing is said.
const SECURITY = {
  noise: { id: '/noise', ours: {} },
  tls: { id: '/tls/1.0.0', ours: { connectionEncrypters: [tls()] } }
}

describe.each<[SecurityName, TransportName]>([
  ['noise', 'tcp'],
  ['noise', 'ws'],
  ['tls', 'tcp'],
  ['tls', 'ws']
])('go-libp2p 0.48, %s over %s', (security, transport) => {
  converse({
    transport,
    start: () => startGoPeer({ security }),
    ours: SECURITY[security].ours,
    muxer: '/yamux/1.0.0',
    security: SECURITY[security].id,
    // What go-libp2p says when nothing is set: the name of the program.
    agentVersion: /^tslibp2p\/interop-go@/,
    theirDial: { isMuxerInlined: true },
    carriesCodes: true,
    ourReset: code => ({ error: 'StreamError', remote: true, code })
  })
})
