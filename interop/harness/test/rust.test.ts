import { describe } from 'vitest'
import { startRustPeer } from '../src/index.ts'
import { combinations, nameOf } from './combinations.ts'
import { converse } from './conversation.ts'

for (const combination of combinations({ security: ['noise', 'tls'], muxers: ['yamux', 'mplex'] })) {
  describe(`rust-libp2p 0.57, ${nameOf(combination)}`, () => {
    converse({
      combination,
      start: () => startRustPeer(combination),
      agentVersion: /^rust-libp2p\//,
      ourReset: () => ({ read: 'end', write: combination.muxer === 'yamux' ? 'write zero' : 'broken pipe' }),
      // It looks for another signing domain in our peer record, and falls back to the unsigned addresses.
      readsOurRecord: false
    })
  })
}
