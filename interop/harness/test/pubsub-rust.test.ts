import {
  GOSSIPSUB_1_0,
  GOSSIPSUB_1_1,
  GOSSIPSUB_1_2,
  GOSSIPSUB_1_3,
  type Gossipsub,
  messageIds,
  partialMessages
} from '@ts-libp2p/gossipsub'
import { describe, expect, it } from 'vitest'
import { startRustPeer } from '../src/index.ts'
import { eventually, haveTexts, ours, TheirMember } from './pubsub/members.ts'
import { partialSuite } from './pubsub/partial.ts'
import { CASE_TIMEOUT_MS, NO_MESH, newTopic, pubsubSuite } from './pubsub/suite.ts'

describe('gossipsub of rust-libp2p', () => {
  pubsubSuite({
    start: startRustPeer,
    versions: [GOSSIPSUB_1_3, GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0],
    ids: messageIds.rust,
    exchangesRecords: false
  })
  partialSuite({ start: startRustPeer, omitsUnrequested: false, passesOnWhole: false })

  it.each([
    ['requests', { requestsPartial: true, supportsSendingPartial: true }, { requests: true, supports: true }],
    ['supports', { requestsPartial: false, supportsSendingPartial: true }, { requests: false, supports: true }],
    // It does not take a request for support, as Go does.
    ['requests alone', { requestsPartial: true, supportsSendingPartial: false }, { requests: true, supports: true }]
  ])('hears that a node of ours %s messages in parts', { timeout: CASE_TIMEOUT_MS }, async (_, wish, heard) => {
    await using rust = new TheirMember(await startRustPeer({ pubsub: {} }))
    await using us = await ours({ partialMessages: partialMessages({ onPartial() {} }) })
    const [before, after] = [newTopic(), newTopic()]
    const subscribe = (topic: string): void => (us.pubsub as Gossipsub).subscribe(topic, wish)
    subscribe(before)
    await us.dial(rust)
    subscribe(after)
    for (const topic of [before, after]) {
      await eventually(async () => {
        const { partial } = await rust.remote.call('topicPeers', { topic })
        expect(partial).toEqual({ [us.peerId]: heard })
      })
    }
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
