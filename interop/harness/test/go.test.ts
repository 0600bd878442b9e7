import { describe } from 'vitest'
import { startGoPeer } from '../src/index.ts'
import { combinations } from './combinations.ts'
import { converse } from './conversation.ts'

describe.each(combinations({ security: ['noise', 'tls'], muxers: ['yamux'] }))(
  'go-libp2p 0.48, $security and $muxer over $transport',
  combination => {
    converse({
      combination,
      start: () => startGoPeer(combination),
      // What go-libp2p says when nothing is set: the name of the program.
      agentVersion: /^tslibp2p\/interop-go@/,
      theirDial: { isMuxerInlined: true },
      carriesCodes: true,
      ourReset: code => ({ error: 'StreamError', remote: true, code })
    })
  }
)
