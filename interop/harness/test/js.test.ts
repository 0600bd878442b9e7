import { describe } from 'vitest'
import { startJsPeer } from '../src/index.ts'
import { combinations, nameOf } from './combinations.ts'
import { converse } from './conversation.ts'

for (const combination of combinations({ security: ['noise', 'tls'], muxers: ['yamux', 'mplex'] })) {
  describe(`js-libp2p 3.3, ${nameOf(combination)}`, () => {
    converse({
      combination,
      start: () => startJsPeer(combination),
      agentVersion: /js-libp2p/,
      // Its TLS does not say which.
      ...(combination.security === 'tls' ? { refusal: /Unexpected Peer/ } : {}),
      ourReset: () => ({ error: 'StreamResetError', status: 'reset' })
    })
  })
}
