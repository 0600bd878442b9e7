import { GOSSIPSUB_1_0, GOSSIPSUB_1_1, GOSSIPSUB_1_2, messageIds } from '@ts-libp2p/gossipsub'
import { describe } from 'vitest'
import { startJsPeer } from '../src/index.ts'
import { pubsubSuite } from './pubsub/suite.ts'

describe('gossipsub of js-libp2p', () => {
  pubsubSuite({
    start: startJsPeer,
    versions: [GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0],
    ids: messageIds.jsLegacy
  })
})
