import { describe } from 'vitest'
import { startRustPeer } from '../src/index.ts'
import { combinations } from './combinations.ts'
import { converse } from './conversation.ts'

describe.each(combinations({ security: ['noise', 'tls'], muxers: ['yamux', 'mplex'] }))(
  'rust-libp2p 0.57, $security and $muxer over $transport',
  combination => {
    converse({
      combination,
      start: () => startRustPeer(combination),
      agentVersion: /^rust-libp2p\//,
      ourReset: () => ({ read: 'end', write: combination.muxer === 'yamux' ? 'write zero' : 'broken pipe' }),
      // It looks for another signing domain in our peer record, and falls back to the unsigned addresses.
      readsOurRecord: false
    })
  }
)
