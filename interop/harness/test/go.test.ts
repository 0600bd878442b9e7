import { describe } from 'vitest'
import { startGoPeer } from '../src/index.ts'
import { combinations, nameOf } from './combinations.ts'
import { converse } from './conversation.ts'

for (const combination of combinations({ security: ['noise', 'tls'], muxers: ['yamux'] })) {
  describe(`go-libp2p 0.48, ${nameOf(combination)}`, () => {
    converse({
      combination,
      start: () => startGoPeer(combination),
      // What go-libp2p says when nothing is set: the name of the program.
      agentVersion: /^tslibp2p\/interop-go@/,
      theirDial: { isMuxerInlined: true },
      carriesCodes: true,
      ourReset: code => ({ error: 'StreamError', remote: true, code })
    })
  })
}
