import { LengthPrefixDecoder } from '@ts-libp2p/bytes'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import {
  DECODE_RPC_LIMITS,
  decodeRpc,
  type Effect,
  MAX_MESSAGE_BYTES,
  type PeerKey,
  type PubsubMessage
} from '@ts-libp2p/pubsub'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outbox } from '../../pubsub/src/outbox.ts'
import { MessageCache } from '../src/core/message-cache.ts'
import { FLOODSUB, GOSSIPSUB_1_1, GOSSIPSUB_1_2 } from '../src/core/protocols.ts'
import { MAX_CACHE_BYTES, MAX_WAITING_COPIES } from '../src/limits.ts'
import { Core, message, peer, recipients, SELF, sent, TOPIC } from './core.ts'

function meshOf(count: number, options: ConstructorParameters<typeof Core>[0] = {}): Core {
  const core = new Core(options)
  core.join()
  core.upAll(count)
  for (let n = 0; n < count; n++) core.control(n, { graft: [TOPIC] })
  return core
}

type Sent = { readonly peer: PeerKey; readonly message: PubsubMessage }

const types = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type)

describe('a message', () => {
  it('is delivered and goes to the mesh, but not back, and not to its author', () => {
    const core = meshOf(5)
    const effects = core.receive(0, message('1', { author: 1 }))
    expect(types(effects)).toEqual(['deliver', 'forward'])
    expect(recipients(effects).toSorted()).toEqual([2, 3, 4].map(peer).toSorted())
  })

  it('is looked at once: copies are counted before anything is verified', () => {
    const core = meshOf(3)
    core.receive(0, message('1'))
    expect(types(core.handle({ type: 'message', peer: peer(1), message: message('1') }))).toEqual(['cancel'])
    expect(core.dropped('duplicate')).toBe(1)
  })

  it('that waits for a peer is taken back when it sends it itself', () => {
    const core = meshOf(3)
    core.receive(0, message('1'))
    expect(core.receive(1, message('1'))).toEqual([{ type: 'cancel', peer: peer(1), ids: ['1'] }])
  })

  it('does not go to who sent it while it was verified and validated', () => {
    const core = meshOf(6)
    const [first, second, third] = [0, 1, 2].map(n => ({ peer: peer(n), message: message('1') })) as [Sent, Sent, Sent]
    core.handle({ type: 'message', ...first })
    core.handle({ type: 'message', ...second })
    core.handle({ type: 'verified', ...first, isValid: true })
    core.handle({ type: 'message', ...third })
    const effects = core.handle({ type: 'validated', ...first, verdict: 'accept' })
    expect(recipients(effects).toSorted()).toEqual([3, 4, 5].map(peer).toSorted())
    expect(core.router.state.validating.size).toBe(0)
  })

  it('of a topic that we are not in is dropped', () => {
    const core = meshOf(1)
    expect(core.receive(0, message('1', { topic: 'other' }))).toEqual([])
    expect(core.dropped('not subscribed')).toBe(1)
  })

  it('that we published is known when it comes back, whoever wrote it', () => {
    const core = meshOf(2)
    core.publish(message('1'))
    expect(core.receive(0, message('1'))).toEqual([{ type: 'cancel', peer: peer(0), ids: ['1'] }])
    expect(core.dropped('duplicate')).toBe(1)
  })

  it('goes to a peer that spoke floodsub once as to all others', () => {
    const core = meshOf(12)
    core.up(20, { topics: [TOPIC], protocol: FLOODSUB })
    core.down(20)
    core.up(20)
    expect(recipients(core.receive(0, message('1')))).not.toContain(peer(20))
  })

  it('of our own that comes back is dropped, and is not held against the peer', () => {
    const core = meshOf(2, { scoreParams: { topics: { [TOPIC]: {} } } })
    const own = { ...message('1'), author: SELF }
    expect(core.receive(0, own)).toEqual([])
    expect([core.dropped('self originated message'), core.router.state.scores.score(peer(0))]).toEqual([1, 0])
  })

  it('goes to direct peers and to those that only know floodsub, besides the mesh', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(1)), addrs: [] }] })
    core.join()
    core.upAll(2)
    core.up(2, { topics: [TOPIC], protocol: FLOODSUB })
    core.up(3, { protocol: FLOODSUB })
    expect(recipients(core.receive(0, message('1'))).toSorted()).toEqual([1, 2].map(peer).toSorted())
  })

  it.each([
    ['reject', 'validation failed'],
    ['ignore', 'validation ignored'],
    ['throttled', 'validation throttled']
  ] as const)('that validators %s goes nowhere, and is not asked for again', (verdict, reason) => {
    const core = meshOf(3)
    expect(types(core.receive(0, message('1'), verdict))).toEqual([])
    expect(core.dropped(reason)).toBe(1)
    expect(types(core.receive(1, message('1')))).toEqual(['cancel'])
    expect(core.router.state.validating.size).toBe(0)
  })

  it('is passed on even if we left its topic while it was validated', () => {
    const core = meshOf(3)
    core.handle({ type: 'message', peer: peer(0), message: message('1') })
    core.handle({ type: 'verified', peer: peer(0), message: message('1'), isValid: true })
    core.leave()
    const effects = core.handle({ type: 'validated', peer: peer(0), message: message('1'), verdict: 'accept' })
    expect(types(effects)).toEqual(['forward'])
  })
})

describe('a forged message', () => {
  it('does not keep the right one with the same name out', () => {
    const core = meshOf(3)
    const [forged, right] = [message('1'), message('1')]
    expect(types(core.handle({ type: 'message', peer: peer(0), message: forged }))).toEqual(['verify'])
    expect(core.handle({ type: 'message', peer: peer(1), message: right })).toEqual([])
    const next = core.handle({ type: 'verified', peer: peer(0), message: forged, isValid: false })
    expect(next).toEqual([{ type: 'verify', peer: peer(1), message: right }])
    const effects = core.handle({ type: 'verified', peer: peer(1), message: right, isValid: true })
    expect(types(effects)).toEqual(['validate'])
    expect(core.dropped('invalid signature')).toBe(1)
  })

  it('says nothing of the right one, nor of who brings it', () => {
    const core = meshOf(3, { scoreParams: { topics: { [TOPIC]: {} } } })
    const forged = message('1')
    core.handle({ type: 'message', peer: peer(0), message: forged })
    core.handle({ type: 'verified', peer: peer(0), message: forged, isValid: false })
    core.receive(1, message('1'))
    core.receive(2, message('1'))
    const stats = [0, 1, 2].map(n => core.router.state.scores.snapshot(peer(n))!.topics[TOPIC]!)
    expect(stats.map(({ firstMessageDeliveries: P2, invalidMessageDeliveries: P4 }) => [P2, P4])).toEqual([
      ...[
        [0, 1],
        [1, 0],
        [0, 0]
      ]
    ])
  })

  it('is held against who sent it, and says nothing to others', () => {
    const core = meshOf(3, { idontwantMinDataSize: 0, scoreParams: { topics: { [TOPIC]: {} } } })
    const forged = message('1')
    core.handle({ type: 'message', peer: peer(0), message: forged })
    expect(core.handle({ type: 'verified', peer: peer(0), message: forged, isValid: false })).toEqual([])
    expect(core.router.state.scores.score(peer(0))).toBeLessThan(0)
    expect(core.router.state.seen.has('1')).toBe(false)
  })

  it('is verified once for all copies that come meanwhile', () => {
    const core = meshOf(30)
    const effects = Array.from({ length: 30 }, (_, n) =>
      core.handle({ type: 'message', peer: peer(n), message: message('1') })
    )
    expect(effects.flatMap(types)).toEqual(['verify'])
    core.handle({ type: 'verified', peer: peer(0), message: message('1'), isValid: true })
    expect(core.dropped('duplicate')).toBe(29)
    expect(core.router.state.verifying.size).toBe(0)
  })
})

describe('copies that wait while a forged message is verified', () => {
  it('are so many and no more, and have their turn one after the other', () => {
    const core = meshOf(30)
    let next = Array.from({ length: 30 }, (_, n) =>
      core.handle({ type: 'message', peer: peer(n), message: message('1') })
    ).flat()
    let verified = 0
    for (let [effect] = next; effect?.type === 'verify'; [effect] = next) {
      verified++
      next = [...core.handle({ type: 'verified', peer: effect.peer, message: effect.message, isValid: false })]
    }
    expect([verified, core.dropped('duplicate')]).toEqual([1 + MAX_WAITING_COPIES, 29 - MAX_WAITING_COPIES])
    expect(core.router.state.verifying.size).toBe(0)
  })
})

describe('two messages with one id', () => {
  it('that come while the first is verified are told apart when it is', () => {
    const core = meshOf(4, { scoreParams: { topics: { [TOPIC]: {} } } })
    const [first, copy, twin] = [message('1'), message('1'), message('1', { bytes: 50 })]
    for (const [n, each] of [first, copy, twin].entries()) {
      core.handle({ type: 'message', peer: peer(n), message: each })
    }
    const effects = core.handle({ type: 'verified', peer: peer(0), message: first, isValid: true })
    expect(effects).toEqual([
      { type: 'validate', peer: peer(0), message: first },
      { type: 'cancel', peer: peer(1), ids: ['1'] },
      { type: 'verify', peer: peer(2), message: twin }
    ])
    expect(core.handle({ type: 'verified', peer: peer(2), message: twin, isValid: true })).toEqual([])
    core.handle({ type: 'validated', peer: peer(0), message: first, verdict: 'reject' })
    const P4 = [0, 1, 2].map(n => core.router.state.scores.snapshot(peer(n))?.topics[TOPIC]?.invalidMessageDeliveries)
    expect([P4, core.dropped('duplicate'), core.dropped('twin')]).toEqual([[1, 1, 0], 1, 1])
  })

  it.each([
    ['accept', 0],
    ['ignore', 0],
    ['throttled', 0],
    ['reject', 1]
  ] as const)('are told apart for as long as it matters: %s', (verdict, kept) => {
    const core = meshOf(2, { scoreParams: { topics: { [TOPIC]: {} } } })
    core.receive(0, message('1'), verdict)
    expect(core.router.state.scores.judgedContents).toBe(kept)
    core.beat(150)
    expect(core.router.state.scores.judgedContents).toBe(0)
  })

  it('are one where their topic is not scored', () => {
    const core = meshOf(2)
    core.receive(0, message('1'), 'reject')
    expect(types(core.receive(1, message('1', { bytes: 50 })))).toEqual(['cancel'])
    expect([core.dropped('duplicate'), core.dropped('twin')]).toEqual([1, 0])
  })
})

describe('publishing', () => {
  it('goes to floodsub peers and direct ones, unless we think very badly of them', () => {
    const directPeers = [{ id: peerIdFromString(peer(2)), addrs: [] }]
    for (const floodPublish of [true, false]) {
      const core = new Core({ floodPublish, directPeers })
      core.upAll(3, { protocol: FLOODSUB })
      for (const n of [0, 2]) core.router.state.scores.addPenalty(peer(n), 3)
      expect(recipients(core.publish(message('1'))).toSorted()).toEqual([1, 2].map(peer).toSorted())
    }
  })

  it('goes to nobody that no stream leads to', () => {
    const core = new Core()
    core.say(0, [{ topic: TOPIC, subscribe: true }])
    expect(core.publish(message('1'))).toEqual([])
  })

  it('floods to everybody in the topic that we think well enough of', () => {
    const core = new Core({ scoreThresholds: { publishThreshold: -50, graylistThreshold: -80 } })
    core.upAll(20)
    core.router.state.scores.addPenalty(peer(3), 2)
    core.router.state.scores.addPenalty(peer(4), 3)
    expect(recipients(core.publish(message('1')))).toHaveLength(19)
    expect(core.router.counters.published).toBe(1)
  })

  it('can be told otherwise for one message', () => {
    const core = meshOf(5)
    core.up(9, { topics: [TOPIC] })
    expect(recipients(core.publish(message('1')))).toHaveLength(6)
    expect(recipients(core.publish(message('2'), false))).toHaveLength(5)
  })

  it('without flooding goes to the mesh, or to the same D peers for a while', () => {
    const core = new Core({ floodPublish: false })
    core.upAll(20)
    const first = recipients(core.publish(message('1')))
    expect(first).toHaveLength(6)
    expect(recipients(core.publish(message('2'))).toSorted()).toEqual(first.toSorted())
    core.join()
    expect(recipients(core.publish(message('3'))).toSorted()).toEqual(core.mesh().toSorted())
  })
})

describe('gossip', () => {
  it('tells peers outside the mesh what is new, for three heartbeats', () => {
    const core = meshOf(6)
    core.up(9, { topics: [TOPIC] })
    core.receive(0, message('1'))
    const told = () => sent(core.beat(), 9).flatMap(({ control }) => control?.ihave ?? [])
    expect(told()).toEqual([{ topic: TOPIC, ids: ['1'] }])
    expect(told()).toEqual([{ topic: TOPIC, ids: ['1'] }])
    expect(told()).toEqual([{ topic: TOPIC, ids: ['1'] }])
    expect(told()).toEqual([])
  })

  it('goes to a quarter of many peers, and at least to Dlazy', () => {
    for (const [peers, told] of [
      [4, 4],
      [12, 6],
      [80, 20]
    ] as const) {
      const core = meshOf(6)
      for (let n = 100; n < 100 + peers; n++) core.up(n, { topics: [TOPIC] })
      core.receive(0, message('1'))
      const ihaves = core.beat().filter(effect => effect.type === 'send' && effect.parts.control?.ihave !== undefined)
      expect(ihaves).toHaveLength(told)
    }
  })

  it('does not go to direct peers, which get everything', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(9)), addrs: [] }] })
    core.join()
    core.up(9, { topics: [TOPIC] })
    core.publish(message('1'))
    expect(sent(core.beat(), 9)).toEqual([])
  })

  it('is told a peer in as many RPCs as it listens to between two heartbeats, as much as they hold', () => {
    const topics = fc.uniqueArray(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 }), {
      ...{ minLength: 1, maxLength: 5 }
    })
    const numbers = fc.record({
      ...{ most: fc.integer({ min: 2, max: 10 }), count: fc.integer({ min: 1, max: 3000 }) },
      ...{ length: fc.integer({ min: 6, max: 80 }), grafts: fc.integer({ max: 500, min: 0 }) }
    })
    const property = fc.property(topics, numbers, (names, { most, count, length, grafts }) => {
      const core = new Core({ maxIHaveMessages: most, maxIHaveLength: 3000 })
      for (const topic of names) core.join(topic)
      core.up(0, { topics: names })
      core.control(0, { prune: names.map(topic => ({ topic, peers: [] })) })
      for (let i = 0; i < count; i++) {
        core.router.state.cache.put(
          message(`${i}`.padStart(length, '.'), { topic: names[i % names.length]!, bytes: 0 })
        )
      }
      const outbox = new Outbox(MAX_MESSAGE_BYTES, () => {})
      outbox.add({ control: { graft: Array.from({ length: grafts }, (_, i) => `topic ${i}`) } })
      for (const parts of sent(core.beat(), 0)) outbox.add(parts)
      const decoder = new LengthPrefixDecoder()
      const rpcs = outbox
        .takeControl()
        .flatMap(frame => [...decoder.push(frame)].map(rpc => decodeRpc(rpc, DECODE_RPC_LIMITS)))
      const telling = rpcs.filter(({ control }) => (control?.ihave.length ?? 0) > 0)
      const told = telling
        .flatMap(({ control }) => control!.ihave)
        .flatMap(({ topic, ids }) => ids.map(id => topic + id))
      expect(telling.length).toBeLessThanOrEqual(most)
      expect(new Set(told).size).toBe(told.length)
      expect(told.length + core.dropped('untold')).toBe(count)
      // With what is around each id, and topics again for every few of them.
      if (core.dropped('untold') > 0) expect(told.length * (length + 4)).toBeGreaterThan((most - 1) * 10_000)
    })
    fc.assert(property, { numRuns: 20 })
  })

  it('that is too much tells each peer something else', () => {
    const core = meshOf(6)
    for (const n of [7, 8]) core.up(n, { topics: [TOPIC] })
    for (let i = 0; i < 6000; i++) core.router.state.cache.put(message(`${i}`.padStart(46, '.'), { bytes: 0 }))
    const effects = core.beat()
    const [a, b] = [7, 8].map(n => new Set(sent(effects, n).flatMap(({ control }) => control!.ihave![0]!.ids)))
    expect([a!.size, b!.size]).toEqual([2007, 2007])
    expect(new Set([...a!, ...b!]).size).toBeGreaterThan(2500)
    expect(core.dropped('untold')).toBe(2 * (6000 - 2007))
  })

  it('has so many ids of a topic and no more', () => {
    const core = new Core({ maxIHaveLength: 10 })
    for (const topic of ['a', 'b']) core.join(topic)
    core.up(0, { topics: ['a', 'b'] })
    core.control(0, { prune: ['a', 'b'].map(topic => ({ topic, peers: [] })) })
    for (let i = 0; i < 30; i++) core.router.state.cache.put(message(`${i}`, { topic: i < 25 ? 'a' : 'b' }))
    const told = sent(core.beat(), 0).flatMap(({ control }) =>
      control!.ihave!.map(({ topic, ids }) => [topic, ids.length])
    )
    expect([Object.fromEntries(told), core.dropped('untold')]).toEqual([{ a: 10, b: 5 }, 15])
  })

  it('of the heartbeat and before it, when a peer comes to topics, counts together', () => {
    const core = new Core({ maxIHaveMessages: 2 })
    for (let i = 0; i < 200; i++) core.publish(message(`${i}`.padStart(46, '.')))
    const told = (effects: readonly Effect[]) =>
      sent(effects, 0).flatMap(({ control }) => control?.ihave?.[0]?.ids ?? [])
    const come = () =>
      told(
        core.say(
          0,
          [true, false].map(subscribe => ({ topic: TOPIC, subscribe }))
        )
      ).length
    core.up(0)
    expect([come(), come(), come(), core.dropped('untold')]).toEqual([200, 22, 0, 378])
    core.beat()
    expect(come()).toBe(200)
  })

  it('does not go to peers below the gossip threshold, nor is theirs heeded', () => {
    const core = meshOf(6)
    core.up(9, { topics: [TOPIC] })
    core.router.state.scores.addPenalty(peer(9), 10)
    core.receive(0, message('1'))
    expect(sent(core.beat(), 9)).toEqual([])
    expect(core.control(9, { ihave: [{ topic: TOPIC, ids: ['2'] }] })).toEqual([])
    expect(core.control(9, { iwant: ['1'] })).toEqual([])
  })

  it('is answered by asking for what we have not, of topics that we are in', () => {
    const core = meshOf(2)
    core.receive(0, message('1'))
    const ihave = [
      { topic: TOPIC, ids: ['1', '2', '2', '3'] },
      { topic: 'other', ids: ['4'] }
    ]
    const [parts] = sent(core.control(1, { ihave }), 1)
    expect([...(parts!.control!.iwant ?? [])].toSorted()).toEqual(['2', '3'])
  })

  it('is not answered for what is being verified, nor for what is over the limit of one', () => {
    const core = meshOf(2, { maxIHaveLength: 3 })
    for (const id of ['1', '2']) core.receive(0, message(id))
    core.handle({ type: 'message', peer: peer(0), message: message('3') })
    expect(core.control(1, { ihave: [{ topic: TOPIC, ids: ['1', '2', '3', '4'] }] })).toEqual([])
  })

  it('makes us ask for so much and no more until the next heartbeat', () => {
    const core = meshOf(2, { maxIHaveLength: 10, maxIHaveMessages: 3 })
    const ihave = (from: number, to: number) => [
      { topic: TOPIC, ids: Array.from({ length: to - from }, (_, i) => `${from + i}`) }
    ]
    const asked = (effects: readonly Effect[]) => sent(effects, 1).flatMap(({ control }) => control?.iwant ?? []).length
    expect(asked(core.control(1, { ihave: ihave(0, 6) }))).toBe(6)
    expect(asked(core.control(1, { ihave: ihave(6, 16) }))).toBe(4)
    expect(asked(core.control(1, { ihave: ihave(16, 20) }))).toBe(0)
    core.beat()
    for (let i = 0; i < 3; i++) expect(asked(core.control(1, { ihave: ihave(20 + i, 21 + i) }))).toBe(1)
    expect(asked(core.control(1, { ihave: ihave(30, 31) }))).toBe(0)
    expect(core.dropped('over allowance')).toBe(2)
  })

  it('that is not followed by the messages costs P7', () => {
    const core = meshOf(2)
    core.control(1, { ihave: [{ topic: TOPIC, ids: ['1', '2'] }] })
    core.beat(3)
    expect(core.router.state.scores.score(peer(1))).toBe(0)
    core.beat()
    expect(core.router.state.scores.score(peer(1))).toBeLessThan(0)
    expect(core.router.state.promises.size).toBe(0)
  })

  it('and is said again and again does not put that off', () => {
    const core = meshOf(2)
    for (let i = 0; i < 4; i++) {
      core.control(1, { ihave: [{ topic: TOPIC, ids: ['1'] }] })
      core.beat()
    }
    expect(core.router.state.scores.score(peer(1))).toBeLessThan(0)
  })

  it('costs nothing when the message came, from whomever', () => {
    const core = meshOf(2)
    core.control(1, { ihave: [{ topic: TOPIC, ids: ['1'] }] })
    core.receive(0, message('1'))
    core.beat(4)
    expect(core.router.state.scores.score(peer(1))).toBe(0)
  })

  it('nor, of two that said so, the one that we did not read', () => {
    const core = meshOf(3)
    for (const n of [1, 2]) core.control(n, { ihave: [{ topic: TOPIC, ids: ['1'] }] })
    core.handle({ type: 'gated', peer: peer(1), count: 1 })
    core.beat(4)
    expect([1, 2].map(n => core.router.state.scores.snapshot(peer(n))!.behaviourPenalty > 0)).toEqual([false, true])
  })

  it('nor when we did not read what the peer sent', () => {
    const core = meshOf(2)
    core.control(1, { ihave: [{ topic: TOPIC, ids: ['1'] }] })
    core.handle({ type: 'gated', peer: peer(1), count: 1 })
    core.beat(4)
    expect(core.router.state.scores.score(peer(1))).toBe(0)
  })
})

describe('IWANT', () => {
  it('is answered from the cache, three times each', () => {
    const core = meshOf(2)
    core.receive(0, message('1'))
    for (let i = 0; i < 3; i++) expect(recipients(core.control(1, { iwant: ['1', '1', '2'] }))).toEqual([peer(1)])
    expect(core.control(1, { iwant: ['1'] })).toEqual([])
    expect([core.dropped('asked too often'), core.dropped('not in cache')]).toEqual([1, 3])
    expect(recipients(core.control(0, { iwant: ['1'] }))).toEqual([peer(0)])
  })

  it('finds a message for five heartbeats', () => {
    const core = meshOf(2)
    core.receive(0, message('1'))
    core.beat(4)
    expect(recipients(core.control(1, { iwant: ['1'] }))).toEqual([peer(1)])
    core.beat()
    expect(core.control(1, { iwant: ['1'] })).toEqual([])
    expect([core.router.state.cache.size, core.router.state.cache.byteLength]).toEqual([0, 0])
  })
})

describe('IDONTWANT', () => {
  it('is said of large messages to those of the mesh that may send them, once they are verified', () => {
    const core = new Core()
    core.join()
    for (const [n, protocol] of [GOSSIPSUB_1_2, GOSSIPSUB_1_2, GOSSIPSUB_1_1].entries()) {
      core.up(n, { topics: [TOPIC], protocol })
      core.control(n, { graft: [TOPIC] })
    }
    const large = message('1', { bytes: 4096 })
    expect(sent(core.handle({ type: 'message', peer: peer(0), message: large }))).toEqual([])
    const effects = core.handle({ type: 'verified', peer: peer(0), message: large, isValid: true })
    expect(effects.filter(({ type }) => type === 'send')).toEqual([
      { type: 'send', peer: peer(1), parts: { control: { idontwant: ['1'] } } }
    ])
    expect(sent(core.receive(0, message('2', { bytes: 4095 })))).toEqual([])
    // Who said it has the message, too.
    core.control(1, { idontwant: ['3'] })
    expect(sent(core.receive(0, message('3', { bytes: 4096 })))).toEqual([])
  })

  it('is heeded, for three heartbeats, and takes back what waits', () => {
    const core = meshOf(3)
    expect(core.control(1, { idontwant: ['1', '2'] })).toEqual([{ type: 'cancel', peer: peer(1), ids: ['1', '2'] }])
    expect(recipients(core.receive(0, message('1')))).toEqual([peer(2)])
    expect(core.control(1, { iwant: ['1'] })).toEqual([])
    core.beat(3)
    expect(core.router.state.dontWants.size).toBe(0)
    expect(recipients(core.receive(0, message('2'))).toSorted()).toEqual([1, 2].map(peer).toSorted())
  })

  it('is forgotten with the stream', () => {
    const core = meshOf(2)
    core.control(1, { idontwant: ['1'] })
    core.down(1)
    core.up(1)
    core.control(1, { graft: [TOPIC] })
    expect(recipients(core.receive(0, message('1')))).toEqual([peer(1)])
  })

  it('is heeded up to a number of ids between heartbeats', () => {
    const core = meshOf(2, { idontwantMaxMessages: 3 })
    core.control(1, { idontwant: ['1', '2', '3', '4'] })
    expect(core.control(1, { idontwant: ['5'] })).toEqual([])
    expect(core.dropped('over allowance')).toBe(2)
    expect(core.router.state.dontWants.has(peer(1), '4')).toBe(false)
  })
})

describe('the cache', () => {
  it('does not tell of what it had to forget at once', () => {
    const cache = new MessageCache(5, 3, 250)
    expect(['a', 'b', 'c'].map(topic => cache.put(message(topic, { topic })))).toEqual([0, 0, 1])
    expect(['a', 'b', 'c'].map(topic => cache.gossipIds(topic))).toEqual([[], ['b'], ['c']])
    expect([cache.put(message('c', { topic: 'c' })), cache.size, cache.byteLength]).toEqual([0, 2, 220])
  })

  it('forgets the oldest early when it is full', () => {
    const core = meshOf(2)
    const third = MAX_CACHE_BYTES / 3
    for (const id of ['1', '2', '3']) {
      core.receive(0, message(id, { bytes: third }))
      core.beat()
    }
    expect([core.router.state.cache.get('1'), core.dropped('cache full')]).toEqual([undefined, 1])
    expect(core.router.state.cache.byteLength).toBeLessThanOrEqual(MAX_CACHE_BYTES)
  })
})

describe('peers below the graylist threshold', () => {
  it('are not listened to', () => {
    const core = meshOf(2)
    expect(core.router.accepts(peer(0), core.now)).toBe('all')
    core.router.state.scores.addPenalty(peer(0), 3)
    expect(core.router.accepts(peer(0), core.now)).toBe('none')
    core.beat(5)
    expect(core.router.accepts(peer(0), core.now)).toBe('all')
  })

  it('unless they are direct', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(0)), addrs: [] }] })
    core.up(0)
    core.router.state.scores.addPenalty(peer(0), 3)
    expect(core.router.accepts(peer(0), core.now)).toBe('all')
  })
})
