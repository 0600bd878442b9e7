import { describe } from 'vitest'
import { startJsPeer } from '../src/index.ts'
import { combinations } from './combinations.ts'
import { converse } from './conversation.ts'

describe.each(combinations({ security: ['noise', 'tls'], muxers: ['yamux', 'mplex'] }))(
  'js-libp2p 3.3, $security and $muxer over $transport',
  combination => {
    converse({
      combination,
      start: () => startJsPeer(combination),
      agentVersion: /js-libp2p/,
      ourReset: () => ({ error: 'StreamResetError', status: 'reset' })
    })
  }
)
