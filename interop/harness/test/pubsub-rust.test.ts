import { GOSSIPSUB_1_0, GOSSIPSUB_1_1, GOSSIPSUB_1_2, GOSSIPSUB_1_3, messageIds } from '@ts-libp2p/gossipsub'
import { describe, expect, it } from 'vitest'
import { startRustPeer } from '../src/index.ts'
import { eventually, haveTexts, ours, TheirMember } from './pubsub/members.ts'
import { CASE_TIMEOUT_MS, NO_MESH, newTopic, pubsubSuite } from './pubsub/suite.ts'

describe('gossipsub of rust-libp2p', () => {
  pubsubSuite({
    start: startRustPeer,
    versions: [GOSSIPSUB_1_3, GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0],
    ids: messageIds.rust,
    exchangesRecords: false
  })

  // It heeds no RPC with more than 100 subscriptions, nor more than 100 topics of a peer.
  it('hears of a hundred topics of a node that is in more', { timeout: CASE_TIMEOUT_MS }, async () => {
    await using rust = new TheirMember(await startRustPeer({ pubsub: {} }))
    await using crowded = await ours()
    const topics = Array.from({ length: 150 }, newTopic)
    for (const topic of topics) await crowded.subscribe(topic)
    await crowded.dial(rust)
    const last = topics[99] as string
    await eventually(async () => expect(await rust.subscribers(last)).toEqual([crowded.peerId]))
  })

  // It ends a stream on which an RPC has more than 16 KiB of control.
  it('is told of a thousand messages at once', { timeout: CASE_TIMEOUT_MS }, async () => {
    await using rust = new TheirMember(await startRustPeer({ pubsub: {} }))
    const memory = { mcacheLength: 600, mcacheGossip: 600 }
    await using outside = await ours({ ...NO_MESH, ...memory, msgIdFn: messageIds.rust })
    const topic = newTopic()
    for (const node of [rust, outside]) await node.subscribe(topic)
    await rust.dial(outside)
    await eventually(async () => expect(await rust.subscribers(topic)).toEqual([outside.peerId]))
    const texts = Array.from({ length: 1000 }, (_, i) => `${i} of ${topic}`)
    for (const text of texts) await outside.publish(topic, text)
    await haveTexts(topic, [rust], () => texts)
  })
})
