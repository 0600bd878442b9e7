import { GOSSIPSUB_1_0, GOSSIPSUB_1_1, GOSSIPSUB_1_2, GOSSIPSUB_1_3, messageIds } from '@ts-libp2p/gossipsub'
import { describe } from 'vitest'
import { startRustPeer } from '../src/index.ts'
import { pubsubSuite } from './pubsub/suite.ts'

describe('gossipsub of rust-libp2p', () => {
  pubsubSuite({
    start: startRustPeer,
    versions: [GOSSIPSUB_1_3, GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0],
    ids: messageIds.rust,
    exchangesRecords: false
  })
})
