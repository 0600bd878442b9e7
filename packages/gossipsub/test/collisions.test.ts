import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import { type MsgIdFn, StrictNoSign, type TopicValidatorFn, TopicValidatorResult } from '@ts-libp2p/pubsub'
import { simulationTest } from '@ts-libp2p/testing'
import type { World } from '@ts-libp2p/testing/simulation'
import { describe, expect } from 'vitest'
import { encodeMessage } from '../../pubsub/src/wire-message.ts'
import type { GossipsubOptions } from '../src/index.ts'
import { MAX_CHECKED_TWINS } from '../src/limits.ts'
import { droppedBy, joinAll, type SimulatedNode, say, startStar, subscribers, TOPIC, textsOf } from './hosts.ts'
import { RawPeer, signedMessage } from './raw-peer.ts'

const UNSIGNED: GossipsubOptions = { globalSignaturePolicy: StrictNoSign }

/** `order 1: buy`, say, has the id `order 1`: whoever knows the number can make a message with that id. */
const byNumber: MsgIdFn = ({ data }) => data.slice(0, data.indexOf(':'.charCodeAt(0)))
const byContent: MsgIdFn = ({ data }) => sha256(data)

async function scene(world: World, options: GossipsubOptions) {
  const nodes = await startStar(world, [
    { ...UNSIGNED, ...options },
    { ...UNSIGNED, ...options }
  ])
  const [victim, honest] = nodes as [SimulatedNode, SimulatedNode]
  await joinAll(world, nodes)
  const attacker = await RawPeer.connect(world, victim)
  attacker.joins(TOPIC)
  await world.runUntil(() => subscribers(victim) === 2)
  const send = async (...texts: string[]): Promise<void> => {
    attacker.sendMessages(...texts.map(text => encodeMessage({ topic: TOPIC, data: fromUtf8(text) }).bytes))
    await world.run({ ms: 500 })
  }
  return { victim, honest, attacker, send, got: { victim: textsOf(victim), honest: textsOf(honest) } }
}

/**
 * Two messages with one id are one message to the network. So where the id leaves the content out, the first to come
 * stands: nothing else can be promised. Where it covers it, nobody can make a second message with the same id.
 */
describe('a message with the id of another', () => {
  simulationTest('that comes later is dropped, and not held against anybody', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, attacker, send, got } = await scene(world, { msgIdFn: byNumber })
    await say(honest, 'order 1: buy')
    await world.run({ ms: 500 })
    await send('order 1: sell')
    expect(got).toEqual({ victim: ['order 1: buy'], honest: [] })
    expect(droppedBy(victim).duplicate).toBe(1)
    const scores = [honest.peerId.toString(), attacker.name].map(peer => victim.services.pubsub.getScore(peer))
    expect(scores).toEqual([0, 0])
  })

  simulationTest('that comes first stands, and the author of the other is told', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, send, got } = await scene(world, { msgIdFn: byNumber })
    await send('order 2: sell')
    await expect(say(honest, 'order 2: buy')).rejects.toMatchObject({ name: 'PubsubError', code: 'duplicate' })
    await say(honest, 'order 3: buy')
    await world.run({ ms: 500 })
    expect(got).toEqual({ victim: ['order 2: sell', 'order 3: buy'], honest: ['order 2: sell'] })
    expect(victim.services.pubsub.getScore(honest.peerId.toString())).toBe(0)
  })

  simulationTest('is one message with all others of that id, however many there are', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, send, got } = await scene(world, { msgIdFn: byNumber })
    for (let i = 0; i < 10; i++) await send(...Array.from({ length: 1000 }, (_, j) => `order 4: sell ${i} ${j}`))
    expect(got.honest).toEqual(['order 4: sell 0 0'])
    const { cache, seen } = victim.services.pubsub.inspect()
    expect([cache.messages <= 1, seen]).toEqual([true, 1])
    expect(droppedBy(victim).duplicate).toBe(9999)
    await say(honest, 'order 5: buy')
    await world.run({ ms: 500 })
    expect(got.victim).toEqual(['order 4: sell 0 0', 'order 5: buy'])
  })

  simulationTest('is found when both ids are still being made', async ({ simulate }) => {
    const world = simulate()
    const open: (() => void)[] = []
    const msgIdFn: MsgIdFn = message =>
      new Promise(resolve => open.push(() => resolve(byNumber(message) as Uint8Array)))
    const { victim, send, got } = await scene(world, { msgIdFn })
    await send('order 6: sell', 'order 6: buy')
    expect(open).toHaveLength(2)
    for (const finish of open.reverse()) finish()
    await world.run({ ms: 500 })
    expect(got.victim).toEqual(['order 6: sell'])
    expect(droppedBy(victim).duplicate).toBe(1)
  })

  simulationTest('cannot be made where the id covers the content: all are delivered', async ({ simulate }) => {
    const world = simulate()
    const { victim, honest, send, got } = await scene(world, { msgIdFn: byContent })
    await send('order 7: sell')
    await say(honest, 'order 7: buy')
    await world.run({ ms: 500 })
    await send('order 7: give away', 'order 7: buy')
    expect(got.victim).toEqual(['order 7: sell', 'order 7: buy', 'order 7: give away'])
    expect(got.honest).toEqual(['order 7: sell', 'order 7: give away'])
    expect(droppedBy(victim).duplicate).toBe(1)
  })

  simulationTest(
    'keeps the right one out where it is invalid, unless the id covers the content',
    async ({ simulate }) => {
      const defaultValidators = [
        (_: unknown, { data }: { data: Uint8Array }) =>
          data.at(-1) === '!'.charCodeAt(0) ? TopicValidatorResult.Reject : TopicValidatorResult.Accept
      ]
      for (const [msgIdFn, expected] of [
        [byNumber, []],
        [byContent, ['order 8: buy']]
      ] as const) {
        const world = simulate()
        const { victim, honest, attacker, send, got } = await scene(world, {
          ...{ msgIdFn, defaultValidators },
          scoreParams: { topics: { [TOPIC]: {} } }
        })
        await send('order 8: sell!')
        await say(honest, 'order 8: buy')
        await world.run({ ms: 500 })
        expect(got).toEqual({ victim: expected, honest: [] })
        expect(victim.services.pubsub.getScore(attacker.name)).toBeLessThan(0)
        // To go-libp2p-pubsub it is a copy of an invalid message.
        expect(victim.services.pubsub.getScore(honest.peerId.toString())).toBeGreaterThanOrEqual(0)
        expect(droppedBy(victim).twin).toBe(msgIdFn === byNumber ? 1 : undefined)
      }
    }
  )
})

/** The same message with a signature that is none. */
function forged(message: Uint8Array): Uint8Array {
  const copy = message.slice()
  copy[copy.byteLength - 1]! ^= 1
  return copy
}

/** The same message with its sequence number, which is before the topic, at its end. */
function reordered(message: Uint8Array): Uint8Array {
  const at = message.length - 66 - (TOPIC.length + 2)
  return concat([message.subarray(0, at - 10), message.subarray(at), message.subarray(at - 10, at)])
}

const [invalid, valid, other] = await Promise.all(['sell!', 'buy', 'give away!'].map(text => signedMessage(text)))

/**
 * The ids of signed messages leave the content out unless told otherwise, so that an author can sign an invalid message and
 * a valid one with the same number, and have honest peers pass on the valid one to those who saw the invalid one.
 */
describe('a peer that brings', () => {
  const INVALID = { own: invalid!, reordered: reordered(invalid!) }
  const CASES: readonly (readonly [string, Uint8Array, { P4: number; dropped: Record<string, number> }])[] = [
    ['a copy of a rejected message', INVALID.own, { P4: 1, dropped: { duplicate: 1 } }],
    ['the same in other bytes', INVALID.reordered, { P4: 1, dropped: { duplicate: 1 } }],
    ['its signature changed', forged(invalid!), { P4: 1, dropped: { duplicate: 1 } }],
    ['its valid twin', valid!, { P4: 0, dropped: { twin: 1 } }],
    ['another twin', other!, { P4: 0, dropped: { twin: 1 } }],
    ['a forged twin', forged(valid!), { P4: 1, dropped: { 'invalid signature': 1 } }]
  ]

  async function twinScene(world: World) {
    const answers: (() => void)[] = []
    const judge: TopicValidatorFn = (_, { data }) =>
      new Promise(resolve => answers.push(() => resolve(data.at(-1) === 0x21 ? 'reject' : 'accept')))
    const options = { defaultValidators: [judge], scoreParams: { topics: { [TOPIC]: {} } } }
    const [victim] = (await startStar(world, [options])) as [SimulatedNode]
    const [author, peer] = [await RawPeer.connect(world, victim), await RawPeer.connect(world, victim)]
    victim.services.pubsub.subscribe(TOPIC)
    for (const each of [author, peer]) each.joins(TOPIC)
    await world.runUntil(() => subscribers(victim) === 2)
    const send = async (from: RawPeer, message: Uint8Array): Promise<void> => {
      from.sendMessages(message)
      await world.run({ ms: 500 })
    }
    const judgeAll = async (): Promise<void> => {
      for (const answer of answers.splice(0)) answer()
      await world.run({ ms: 500 })
    }
    const P4 = ({ name }: RawPeer): number =>
      victim.services.pubsub.getScoreDetails(name)?.topics[TOPIC]?.invalidMessageDeliveries ?? 0
    return { victim, author, peer, send, judgeAll, P4 }
  }

  for (const [what, message, expected] of CASES) {
    simulationTest(`${what}, after it was rejected`, async ({ simulate }) => {
      const { victim, author, peer, send, judgeAll, P4 } = await twinScene(simulate())
      await send(author, invalid!)
      await judgeAll()
      await send(peer, message)
      expect([P4(author), P4(peer)]).toEqual([expect.closeTo(1, 1), expect.closeTo(expected.P4, 1)])
      expect(droppedBy(victim)).toEqual({ 'validation failed': 1, ...expected.dropped })
    })

    simulationTest(`${what}, while it is being judged`, async ({ simulate }) => {
      const { victim, author, peer, send, judgeAll, P4 } = await twinScene(simulate())
      await send(author, invalid!)
      await send(peer, message)
      await judgeAll()
      expect([P4(author), P4(peer)]).toEqual([expect.closeTo(1, 1), expect.closeTo(expected.P4, 1)])
      expect(droppedBy(victim)).toEqual({ 'validation failed': 1, ...expected.dropped })
    })
  }

  simulationTest('an invalid twin of an accepted message brings a duplicate, as in Go', async ({ simulate }) => {
    const { victim, author, peer, send, judgeAll, P4 } = await twinScene(simulate())
    await send(author, valid!)
    await judgeAll()
    await send(peer, invalid!)
    expect([P4(author), P4(peer), droppedBy(victim)]).toEqual([0, 0, { duplicate: 1 }])
  })

  simulationTest('forged twins has so many looked at, and no more', async ({ simulate }) => {
    const world = simulate()
    const { victim, author, peer, send, judgeAll, P4 } = await twinScene(world)
    await send(author, invalid!)
    await judgeAll()
    peer.sendMessages(...Array.from({ length: MAX_CHECKED_TWINS + 5 }, () => forged(valid!)))
    await world.run({ ms: 500 })
    expect(droppedBy(victim)).toMatchObject({ 'invalid signature': MAX_CHECKED_TWINS, twin: 5 })
    expect(P4(peer)).toBeCloseTo(MAX_CHECKED_TWINS, 0)
  })
})
