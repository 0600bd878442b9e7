import { StrictNoSign, StrictSign } from '@ts-libp2p/gossipsub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PubsubSettings, startGoPeer, startJsPeer, startRustPeer } from '../src/index.ts'
import { START_TIMEOUT_MS } from './conversation.ts'
import { eventually, haveTexts, type Member, type OurMember, ours, TheirMember } from './pubsub/members.ts'
import { CASE_TIMEOUT_MS, newTopic, textIds } from './pubsub/suite.ts'

/** All implementations in one topic, connected in a ring: every message passes through each of them. */
describe.each([
  ['signed', true],
  ['unsigned', false]
])('js, go, rust and ours in a ring, %s', (_, signed) => {
  const pubsub: Partial<PubsubSettings> = { signed, ids: 'text' }
  const options = { globalSignaturePolicy: signed ? StrictSign : StrictNoSign, msgIdFn: textIds } as const
  let ring: Member[] = []
  let us: OurMember[] = []

  beforeAll(async () => {
    const [js, go, rust] = (
      await Promise.all([startJsPeer({ pubsub }), startGoPeer({ pubsub }), startRustPeer({ pubsub })])
    ).map(remote => new TheirMember(remote))
    us = await Promise.all([ours(options), ours(options), ours(options)])
    ring = [us[0], js, us[1], go, us[2], rust] as Member[]
    for (const [i, member] of ring.entries()) await member.dial(ring[(i + 1) % ring.length] as Member)
  }, START_TIMEOUT_MS)

  afterAll(async () => {
    await Promise.all(ring.map(member => member[Symbol.asyncDispose]()))
  })

  it.each([1024, 64 * 1024, 1024 * 1024])(
    'everybody hears of everybody once, %i bytes each',
    { timeout: CASE_TIMEOUT_MS },
    async bytes => {
      const topic = newTopic()
      for (const member of ring) await member.subscribe(topic)
      for (const member of ring) await eventually(async () => expect(await member.mesh(topic)).toHaveLength(2))
      await Promise.all(ring.map((member, i) => member.publish(topic, `${topic} from ${i}`, bytes)))
      await haveTexts(topic, ring, of => ring.flatMap((from, i) => (of === from ? [] : [`${topic} from ${i}`])))
      for (const member of ring) {
        expect((await member.messages(topic)).map(message => message.bytes)).toEqual(Array(ring.length - 1).fill(bytes))
      }
    }
  )

  it('and one that comes later hears what was said before it came', { timeout: CASE_TIMEOUT_MS }, async () => {
    const topic = newTopic()
    for (const member of ring) await member.subscribe(topic)
    const [first] = us as [OurMember]
    await first.publish(topic, `${topic} early`)
    await using late = await ours(options)
    await late.subscribe(topic)
    await late.dial(first)
    await haveTexts(topic, [late], () => [`${topic} early`])
  })
})

describe('floodsub', () => {
  it.each([
    ['js-libp2p', startJsPeer],
    ['go-libp2p-pubsub', startGoPeer]
  ])('of %s talks with our gossipsub and our floodsub', { timeout: START_TIMEOUT_MS }, async (_, start) => {
    const topic = newTopic()
    await using them = new TheirMember(await start({ pubsub: { router: 'floodsub' } }))
    await using gossiper = await ours()
    await using flooder = await ours({ floods: true })
    const everybody = [them, gossiper, flooder]
    await joinFlood(topic, them, [gossiper, flooder])
    for (const [i, member] of everybody.entries()) await member.publish(topic, `${topic} from ${i}`)
    await haveTexts(topic, everybody, of => everybody.flatMap((from, i) => (of === from ? [] : [`${topic} from ${i}`])))
  })
})

/**
 * It opens a stream for each RPC and reads one RPC of a stream, where the others keep a stream: it knows what we are in,
 * since that comes first, and hears nothing more.
 */
it('floodsub of rust-libp2p does not sign, and what it says is dropped', { timeout: START_TIMEOUT_MS }, async () => {
  const topic = newTopic()
  await using them = new TheirMember(await startRustPeer({ pubsub: { router: 'floodsub' } }))
  await using us = await ours({ floods: true })
  await us.subscribe(topic)
  await them.subscribe(topic)
  await us.dial(them)
  await eventually(async () => expect(await them.subscribers(topic)).toEqual([us.peerId]))
  await them.publish(topic, `${topic} theirs`)
  await eventually(() => expect(us.pubsub.counters().dropped.get('missing signature')).toBe(1))
  expect(await us.messages(topic)).toEqual([])
})

/** Floodsub has no mesh to wait for. */
async function joinFlood(topic: string, hub: Member, others: readonly OurMember[]): Promise<void> {
  for (const member of [hub, ...others]) await member.subscribe(topic)
  for (const other of others) await other.dial(hub)
  for (const other of others) await eventually(async () => expect(await other.subscribers(topic)).toEqual([hub.peerId]))
  await eventually(async () => expect(await hub.subscribers(topic)).toHaveLength(others.length))
}
