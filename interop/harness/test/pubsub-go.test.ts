import { GOSSIPSUB_1_0, GOSSIPSUB_1_1, GOSSIPSUB_1_2, GOSSIPSUB_1_3, messageIds } from '@ts-libp2p/gossipsub'
import { describe } from 'vitest'
import { startGoPeer } from '../src/index.ts'
import { partialSuite } from './pubsub/partial.ts'
import { pubsubSuite } from './pubsub/suite.ts'

describe('go-libp2p-pubsub', () => {
  pubsubSuite({
    start: startGoPeer,
    versions: [GOSSIPSUB_1_3, GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0],
    ids: messageIds.default
  })
  partialSuite({ start: startGoPeer })
})
