import { peerIdFromString, peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Effect, RpcParts } from '@ts-libp2p/pubsub'
import { SeededRandom } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Backoffs } from '../src/core/backoffs.ts'
import {
  FLOODSUB,
  featuresOf,
  GOSSIPSUB_1_0,
  GOSSIPSUB_1_1,
  GOSSIPSUB_1_2,
  GOSSIPSUB_1_3
} from '../src/core/protocols.ts'
import { shuffle } from '../src/core/shuffle.ts'
import { MAX_BACKOFFS_PER_TOPIC } from '../src/limits.ts'
import { defaultTopicScoreParams } from '../src/score/params.ts'
import { Core, grafted, message, peer, pruned, SELF, sent, TOPIC } from './core.ts'

const GRAFT = [{ control: { graft: [TOPIC] } }]

describe('joining', () => {
  it('tells everybody, and grafts D of those in the topic', () => {
    const core = new Core()
    core.upAll(10)
    core.up(10)
    const effects = core.join()
    expect(sent(effects, 10)).toEqual([{ subscriptions: [{ topic: TOPIC, subscribe: true }] }])
    expect(grafted(effects)).toHaveLength(6)
    expect(core.mesh().toSorted()).toEqual(grafted(effects).toSorted())
  })

  it('twice does nothing more', () => {
    const core = new Core()
    core.upAll(3)
    core.join()
    expect(core.join()).toEqual([])
  })

  it('begins with those that we published to', () => {
    const core = new Core({ floodPublish: false })
    core.upAll(30)
    core.publish(message('1'))
    const fanout = core.router.state.fanout.of(TOPIC)!
    expect(fanout.size).toBe(6)
    const before = [...fanout]
    core.join()
    expect(core.mesh().toSorted()).toEqual(before.toSorted())
    expect(core.router.state.fanout.topics()).toEqual([])
  })

  it('begins with none of them that we think badly of by now', () => {
    const core = new Core({ floodPublish: false })
    core.upAll(3)
    core.publish(message('1'))
    core.router.state.scores.addPenalty(peer(0), 1)
    expect(grafted(core.join()).toSorted()).toEqual([1, 2].map(peer).toSorted())
  })

  it('does not graft peers that only know floodsub, that we think badly of, or that are direct', () => {
    const directPeers = [{ id: peerIdFromString(peer(2)), addrs: [] }]
    const core = new Core({ directPeers })
    core.up(0, { topics: [TOPIC], protocol: FLOODSUB })
    core.upAll(0)
    core.up(1, { topics: [TOPIC] })
    core.up(2, { topics: [TOPIC] })
    core.up(3, { topics: [TOPIC] })
    core.router.state.scores.addPenalty(peer(1), 1)
    expect(grafted(core.join())).toEqual([peer(3)])
  })
})

describe('leaving', () => {
  it('prunes with the short backoff, in seconds', () => {
    const core = new Core()
    core.up(0, { topics: [TOPIC] })
    core.join()
    const effects = core.leave()
    expect(sent(effects, 0)).toEqual([
      { subscriptions: [{ topic: TOPIC, subscribe: false }] },
      { control: { prune: [{ topic: TOPIC, backoffSeconds: 10, peers: [] }] } }
    ])
    expect(core.router.topics()).toEqual([])
  })

  it('says the backoff in whole seconds, none too few', () => {
    const core = new Core({ unsubscribeBackoff: 1500 })
    core.up(0, { topics: [TOPIC] })
    core.join()
    expect(sent(core.leave(), 0).at(-1)!.control!.prune).toEqual([{ topic: TOPIC, backoffSeconds: 2, peers: [] }])
  })

  it('and coming back soon leaves those alone, until their backoff and some slack are over', () => {
    const core = new Core()
    core.up(0, { topics: [TOPIC] })
    core.join()
    core.leave()
    expect(grafted(core.join())).toEqual([])
    expect(grafted(core.beat(11))).toEqual([])
    expect(grafted(core.beat(2))).toEqual([peer(0)])
  })
})

describe('a peer', () => {
  it('is judged by what it does before our stream to it is open', () => {
    const core = new Core()
    core.handle({ type: 'inboundOpened', peer: peer(0) })
    core.handle({ type: 'misbehaved', peer: peer(0) })
    expect(core.router.accepts(peer(0), core.now)).toBe('none')
  })

  it.each([
    [GOSSIPSUB_1_3, [true, true, true, true]],
    [GOSSIPSUB_1_2, [true, true, true, false]],
    [GOSSIPSUB_1_1, [true, true, false, false]],
    ['/mine/1.0.0', [true, true, false, false]],
    [GOSSIPSUB_1_0, [true, false, false, false]],
    [FLOODSUB, [false, false, false, false]]
  ])('that speaks %s understands so much', (protocol, expected) => {
    const { mesh, peerExchange, idontwant, extensions } = featuresOf(protocol)
    expect([mesh, peerExchange, idontwant, extensions]).toEqual(expected)
  })

  it('is in the mesh to its score for as long as it is', () => {
    const core = new Core({ scoreParams: { topics: { [TOPIC]: {} } } })
    core.join()
    core.up(0)
    const isInMesh = () => core.router.state.scores.snapshot(peer(0))!.topics[TOPIC]?.inMesh
    core.control(0, { graft: [TOPIC] })
    expect(isInMesh()).toBe(true)
    core.control(0, { prune: [{ topic: TOPIC, peers: [] }] })
    expect(isInMesh()).toBe(false)
  })

  it('is there to its score while one of its streams is', () => {
    const core = new Core()
    const isThere = () => core.router.state.scores.snapshot(peer(0))!.isConnected
    core.handle({ type: 'inboundOpened', peer: peer(0) })
    core.up(0)
    core.handle({ type: 'inboundClosed', peer: peer(0) })
    expect(isThere()).toBe(true)
    core.down(0)
    expect(isThere()).toBe(false)
    core.handle({ type: 'inboundOpened', peer: peer(0) })
    expect(isThere()).toBe(true)
    core.handle({ type: 'inboundClosed', peer: peer(0) })
    expect(isThere()).toBe(false)
  })

  it('is picked by chance, and any order can come of it', () => {
    const orders = [1, 2, 3, 4, 5, 6, 7, 8].map(seed => shuffle(['a', 'b'], new SeededRandom(seed)).join(''))
    expect(new Set(orders)).toEqual(new Set(['ab', 'ba']))
  })
})

describe('a peer that comes to a topic', () => {
  it('is grafted at once while the mesh is below Dlo', () => {
    const core = new Core()
    core.join()
    for (let n = 0; n < 8; n++) {
      const effects = core.up(n, { topics: [TOPIC] })
      expect(grafted(effects)).toEqual(n < 5 ? [peer(n)] : [])
    }
  })

  it('is told at once what was published before', () => {
    const core = new Core()
    core.join()
    core.publish(message('1'))
    core.publish(message('2', { topic: 'other' }))
    const effects = core.up(0, { topics: [TOPIC] })
    expect(sent(effects, 0).at(-1)).toEqual({ control: { ihave: [{ topic: TOPIC, ids: ['1'] }] } })
  })

  it('before our stream to it is open is grafted and told when it is', () => {
    const core = new Core()
    core.join()
    core.publish(message('1'))
    core.say(0, [{ topic: TOPIC, subscribe: true }])
    const [, { control }] = sent(core.up(0)).filter(parts => parts.control !== undefined) as [unknown, RpcParts]
    expect([core.mesh(), control!.ihave]).toEqual([[peer(0)], [{ topic: TOPIC, ids: ['1'] }]])
  })

  it('is told nothing where it is direct, or we think badly of it', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(0)), addrs: [] }] })
    core.join()
    core.publish(message('1'))
    for (const n of [0, 1]) core.up(n)
    core.router.state.scores.addPenalty(peer(1), 2)
    for (const n of [0, 1]) expect(sent(core.say(n, [{ topic: TOPIC, subscribe: true }]))).toEqual([])
  })

  it('is greeted with all our topics, whatever it speaks', () => {
    const core = new Core()
    core.join('a')
    core.join('b')
    const subscriptions = ['a', 'b'].map(topic => ({ topic, subscribe: true }))
    expect(sent(core.up(0, { protocol: FLOODSUB }))).toEqual([{ subscriptions, extensions: undefined }])
  })

  it('leaves the mesh when it leaves the topic, goes, or ends its stream', () => {
    for (const leave of ['unsubscribes', 'down', 'inbound'] as const) {
      const core = new Core()
      core.join()
      core.up(0, { topics: [TOPIC] })
      expect(core.mesh()).toEqual([peer(0)])
      if (leave === 'unsubscribes') core.say(0, [{ topic: TOPIC, subscribe: false }])
      if (leave === 'down') core.down(0)
      if (leave === 'inbound') core.handle({ type: 'inboundClosed', peer: peer(0) })
      expect(core.mesh()).toEqual([])
      expect(core.router.subscribers(TOPIC)).toEqual(leave === 'down' ? [peer(0)] : [])
    }
  })
})

describe('the application', () => {
  it('hears who comes to a mesh, and who goes', () => {
    const core = new Core()
    core.join()
    const changes = (effects: readonly Effect[]) =>
      effects.flatMap(effect =>
        effect.type === 'graft' || effect.type === 'prune' ? [[effect.type, effect.peer]] : []
      )
    core.up(0)
    expect(changes(core.control(0, { graft: [TOPIC] }))).toEqual([['graft', peer(0)]])
    expect(changes(core.control(0, { prune: [{ topic: TOPIC, peers: [] }] }))).toEqual([['prune', peer(0)]])
    expect(changes(core.up(1, { topics: [TOPIC] }))).toEqual([['graft', peer(1)]])
    expect(changes(core.down(1))).toEqual([['prune', peer(1)]])
    core.up(2, { topics: [TOPIC] })
    expect(changes(core.leave())).toEqual([['prune', peer(2)]])
  })
})

describe('a GRAFT', () => {
  it('is accepted without a word', () => {
    const core = new Core()
    core.up(0)
    core.join()
    expect(sent(core.control(0, { graft: [TOPIC] }))).toEqual([])
    expect(core.mesh()).toEqual([peer(0)])
  })

  it('of a peer that is there is nothing new', () => {
    const core = new Core()
    core.up(0)
    core.join()
    core.control(0, { graft: [TOPIC] })
    expect(core.control(0, { graft: [TOPIC] })).toEqual([])
  })

  it('when the time to wait is just over costs nothing, and before that P7', () => {
    const penalties = [59_999, 60_000].map(ms => {
      const core = new Core()
      core.join()
      core.up(0)
      core.control(0, { prune: [{ topic: TOPIC, backoffSeconds: 60, peers: [] }] })
      core.now += ms
      core.control(0, { graft: [TOPIC] })
      return core.router.state.scores.snapshot(peer(0))!.behaviourPenalty
    })
    expect(penalties).toEqual([1, 0])
  })

  it('refused because the mesh is full must wait too', () => {
    const core = new Core()
    core.join()
    core.upAll(13)
    for (let n = 0; n < 13; n++) core.control(n, { graft: [TOPIC] })
    core.control(12, { graft: [TOPIC] })
    expect(core.router.state.scores.snapshot(peer(12))!.behaviourPenalty).toBe(2)
  })

  it('for a topic that we are not in is not answered', () => {
    const core = new Core()
    core.up(0)
    expect(core.control(0, { graft: ['made up'] })).toEqual([])
  })

  it('of a peer that we think badly of is answered with a PRUNE, without peers', () => {
    const core = new Core({ doPX: true })
    core.upAll(5)
    core.join()
    core.up(9)
    core.router.state.scores.addPenalty(peer(9), 1)
    const effects = core.control(9, { graft: [TOPIC] })
    expect(sent(effects, 9)).toEqual([{ control: { prune: [{ topic: TOPIC, backoffSeconds: 60, peers: [] }] } }])
    expect(core.mesh()).not.toContain(peer(9))
  })

  it('while it should wait costs it P7, twice when it did not wait at all', () => {
    const core = new Core({ pruneBackoff: 60_000 })
    core.up(0)
    core.join()
    core.control(0, { graft: [TOPIC] })
    core.router.state.scores.addPenalty(peer(0), 0.5)
    core.beat()
    expect(core.mesh()).toEqual([])
    const penalty = () => core.router.state.scores.snapshot(peer(0))!.behaviourPenalty
    const before = penalty()
    expect(pruned(core.control(0, { graft: [TOPIC] }))).toEqual([peer(0)])
    expect(penalty() - before).toBe(2)
    core.now += 20_000
    core.control(0, { graft: [TOPIC] })
    expect(penalty() - before).toBe(3)
    core.now += 59_000
    core.control(0, { graft: [TOPIC] })
    expect(penalty() - before).toBe(4)
  })

  it('to a full mesh is refused, unless we dialled the peer', () => {
    const core = new Core()
    core.join()
    for (let n = 0; n < 12; n++) {
      core.up(n)
      core.control(n, { graft: [TOPIC] })
    }
    core.up(12)
    core.up(13, { isOutbound: true })
    expect(pruned(core.control(12, { graft: [TOPIC] }))).toEqual([peer(12)])
    expect(pruned(core.control(13, { graft: [TOPIC] }))).toEqual([])
    expect(core.mesh()).toHaveLength(13)
  })

  it('for a topic that does not exist gets no peers offered with what else is refused', () => {
    const core = new Core({ doPX: true })
    core.join()
    core.upAll(14)
    for (let n = 0; n < 12; n++) core.control(n, { graft: [TOPIC] })
    const offered = (n: number, topics: string[]) =>
      sent(core.control(n, { graft: topics }))[0]!.control!.prune![0]!.peers.length
    expect([offered(12, ['made up', TOPIC]), offered(13, [TOPIC])]).toEqual([0, 13])
  })

  it('of a direct peer is an error of its configuration, and refused', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(0)), addrs: [] }] })
    core.up(0)
    core.join()
    expect(pruned(core.control(0, { graft: [TOPIC] }))).toEqual([peer(0)])
  })
})

describe('a PRUNE', () => {
  it('is obeyed for as long as it says', () => {
    const core = new Core()
    core.up(0, { topics: [TOPIC] })
    core.join()
    core.control(0, { prune: [{ topic: TOPIC, backoffSeconds: 5, peers: [] }] })
    expect(core.mesh()).toEqual([])
    expect(grafted(core.beat(6))).toEqual([])
    expect(sent(core.beat(), 0)).toEqual(GRAFT)
  })

  it.each([undefined, 0])('without a time, as from 1.0, means a minute: %s', backoffSeconds => {
    const core = new Core()
    core.up(0, { topics: [TOPIC], protocol: GOSSIPSUB_1_0 })
    core.join()
    core.control(0, { prune: [{ topic: TOPIC, backoffSeconds, peers: [] }] })
    expect(grafted(core.beat(61))).toEqual([])
    expect(grafted(core.beat())).toEqual([peer(0)])
  })

  it('does not shorten the time of one before', () => {
    const core = new Core()
    core.up(0, { topics: [TOPIC] })
    core.join()
    for (const backoffSeconds of [100, 1]) core.control(0, { prune: [{ topic: TOPIC, backoffSeconds, peers: [] }] })
    expect(grafted(core.beat(101))).toEqual([])
    expect(grafted(core.beat())).toEqual([peer(0)])
  })

  it('for a topic that we are not in is nothing', () => {
    const core = new Core()
    core.up(0)
    core.control(0, { prune: [{ topic: 'made up', backoffSeconds: 5, peers: [] }] })
    expect(core.router.state.backoffs.endsAt('made up', peer(0))).toBeUndefined()
  })

  it('is remembered for so many peers of a topic, and until it is over', () => {
    const backoffs = new Backoffs(10)
    for (let i = 0; i <= MAX_BACKOFFS_PER_TOPIC; i++) backoffs.add(TOPIC, `${i}`, 100, 0)
    const ends = () => ['0', '1', `${MAX_BACKOFFS_PER_TOPIC}`].map(name => backoffs.endsAt(TOPIC, name))
    expect(ends()).toEqual([undefined, 100, 100])
    backoffs.expire(109)
    expect(ends()).toEqual([undefined, 100, 100])
    backoffs.expire(110)
    expect(ends()).toEqual([undefined, undefined, undefined])
  })

  it('with a time that is absurd is obeyed for an hour', () => {
    const core = new Core({ heartbeatInterval: 60_000 })
    core.up(0, { topics: [TOPIC] })
    core.join()
    core.control(0, { prune: [{ topic: TOPIC, backoffSeconds: 4_000_000_000, peers: [] }] })
    expect(grafted(core.beat(61))).toEqual([])
    expect(grafted(core.beat())).toEqual([peer(0)])
  })

  it('says to a peer that speaks 1.0 nothing that it does not know', () => {
    const core = new Core({ doPX: true })
    core.upAll(3)
    core.up(9, { topics: [TOPIC], protocol: GOSSIPSUB_1_0 })
    core.join()
    expect(sent(core.leave(), 9).at(-1)).toEqual({ control: { prune: [{ topic: TOPIC, peers: [] }] } })
  })

  it('offers peers, with their records, to one that did nothing wrong', () => {
    const core = new Core({ doPX: true, prunePeers: 16 })
    core.upAll(3, { protocol: GOSSIPSUB_1_1 })
    core.handle({ type: 'peerRecord', peer: peer(1), record: Uint8Array.of(1) })
    core.handle({ type: 'peerRecord', peer: peer(7), record: Uint8Array.of(7) })
    core.router.state.scores.addPenalty(peer(2), 1)
    core.join()
    const [, parts] = sent(core.leave(), 0)
    const offered = parts!.control!.prune![0]!.peers
    expect(offered).toEqual([{ peerId: peerIdToBytes(peerIdFromString(peer(1))), signedPeerRecord: Uint8Array.of(1) }])
    core.down(1)
    expect(core.router.state.records.size).toBe(0)
  })

  it('has its peers tried when it comes from one that we think well of', () => {
    const offers = Array.from({ length: 20 }, (_, n) => ({ peerId: Uint8Array.of(n) }))
    const prune = [{ topic: TOPIC, peers: offers }]
    const core = new Core({ scoreParams: { appSpecificScore: key => (key === peer(0) ? 1 : 0) } })
    core.upAll(2)
    core.join()
    const connects = (effects: ReturnType<Core['control']>) => effects.filter(({ type }) => type === 'connect').length
    expect(connects(core.control(1, { prune }))).toBe(0)
    expect(connects(core.control(0, { prune }))).toBe(16)
  })
})

describe('the heartbeat', () => {
  it('fills a mesh below Dlo up to D', () => {
    const core = new Core()
    core.join()
    core.upAll(20)
    for (const key of core.mesh().slice(0, 2))
      core.control(Number(indexOf(key)), { prune: [{ topic: TOPIC, peers: [] }] })
    expect(core.mesh()).toHaveLength(3)
    expect(grafted(core.beat())).toHaveLength(3)
  })

  it('prunes those that we think badly of, without offering others', () => {
    const core = new Core({ doPX: true })
    core.join()
    core.upAll(6)
    core.router.state.scores.addPenalty(peer(1), 1)
    const effects = core.beat()
    expect(sent(effects, 1)).toEqual([{ control: { prune: [{ topic: TOPIC, backoffSeconds: 60, peers: [] }] } }])
  })

  it('prunes a mesh of Dhi down to D, and keeps the best and some that we dialled', () => {
    const scores = new Map(Array.from({ length: 4 }, (_, n) => [peer(n), 10 - n]))
    const core = new Core({ scoreParams: { appSpecificScore: key => scores.get(key) ?? 0 } })
    core.join()
    for (let n = 0; n < 14; n++) {
      core.up(n, { isOutbound: n >= 12 })
      core.control(n, { graft: [TOPIC] })
    }
    expect(core.mesh()).toHaveLength(14)
    const effects = core.beat()
    expect(core.mesh().toSorted()).toEqual([0, 1, 2, 3, 12, 13].map(peer).toSorted())
    expect(pruned(effects)).toHaveLength(8)
  })

  it('grafts some that we dialled when all others came to us', () => {
    const core = new Core()
    core.join()
    core.upAll(6)
    for (let n = 20; n < 25; n++) core.up(n, { topics: [TOPIC], isOutbound: true })
    expect(grafted(core.beat()).filter(key => Number(indexOf(key)) >= 20).length).toBeGreaterThanOrEqual(2)
  })

  it('grafts better peers once a minute when the median of the mesh is not good', () => {
    const core = new Core({
      scoreParams: { appSpecificScore: key => (Number(indexOf(key)) >= 20 ? 1 : 0) },
      scoreThresholds: { opportunisticGraftThreshold: 5 }
    })
    core.join()
    for (let n = 0; n < 6; n++) {
      core.up(n, { isOutbound: true })
      core.control(n, { graft: [TOPIC] })
    }
    for (let n = 20; n < 30; n++) core.up(n, { topics: [TOPIC] })
    expect(grafted(core.beat(59))).toEqual([])
    expect(grafted(core.beat())).toHaveLength(2)
  })

  it.each([
    ['is not good, and others are better', [1, 1, 1, 1], 2, 2],
    ['is not good, and nobody is better', [1, 1, 1, 1], 1, 0],
    ['is good, and others are better', [1, 9, 9, 9], 20, 0]
  ] as const)('grafts better peers only where the median of the mesh %s', (_, mesh, others, expected) => {
    const app = new Map<string, number>(mesh.map((score, n) => [peer(n), score]))
    const core = new Core({
      scoreParams: { appSpecificScore: key => app.get(key) ?? others, appSpecificWeight: 1 },
      scoreThresholds: { opportunisticGraftThreshold: 5 },
      ...{ D: 4, Dlo: 4, Dout: 1, Dscore: 4 }
    })
    core.join()
    for (let n = 0; n < 4; n++) core.up(n, { isOutbound: true, topics: [TOPIC] })
    for (let n = 20; n < 30; n++) core.up(n, { topics: [TOPIC] })
    expect(grafted(core.beat(60))).toHaveLength(expected)
  })

  it('gives those a chance that are not among the best of too many', () => {
    const kept = [1, 2, 3, 4].flatMap(seed => {
      const core = new Core({ scoreParams: { appSpecificScore: key => indexOf(key) ?? 0 } }, seed)
      core.join()
      for (let n = 0; n < 12; n++) {
        core.up(n)
        core.control(n, { graft: [TOPIC] })
      }
      core.beat()
      expect(core.mesh()).toEqual(expect.arrayContaining([8, 9, 10, 11].map(peer)))
      return core.mesh()
    })
    expect(new Set(kept).size).toBeGreaterThan(6)
  })

  it('leaves a mesh of Dlo alone', () => {
    const core = new Core()
    core.join()
    core.upAll(9)
    expect([core.mesh().length, grafted(core.beat(59))]).toEqual([5, []])
  })

  it('decays when an interval has passed, not later', () => {
    const core = new Core()
    core.up(0)
    core.beat()
    core.router.state.scores.addPenalty(peer(0), 10)
    core.beat()
    expect(core.router.state.scores.snapshot(peer(0))!.behaviourPenalty).toBe(2)
  })

  it('decays once for each interval that has passed', () => {
    const core = new Core({ heartbeatInterval: 5000 })
    core.up(0)
    core.beat()
    core.router.state.scores.addPenalty(peer(0), 100)
    core.beat()
    expect(core.router.state.scores.snapshot(peer(0))!.behaviourPenalty).toBe(0)
    core.router.state.scores.addPenalty(peer(0), 10_000)
    core.beat()
    expect(core.router.state.scores.snapshot(peer(0))!.behaviourPenalty).toBeCloseTo(10_000 * 0.2 ** 5, 6)
  })

  it('keeps the fanout for a minute after the latest message, without direct peers', () => {
    const directPeers = [{ id: peerIdFromString(peer(0)), addrs: [] }]
    const core = new Core({ floodPublish: false, directPeers })
    core.upAll(3)
    core.publish(message('1'))
    core.beat(50)
    core.publish(message('2'))
    core.beat(50)
    expect([...core.router.state.fanout.of(TOPIC)!].toSorted()).toEqual([1, 2].map(peer).toSorted())
  })

  it('lets peers of the fanout go that left the topic, or that we think badly of', () => {
    const core = new Core({ floodPublish: false })
    core.upAll(3)
    core.publish(message('1'))
    core.router.state.scores.addPenalty(peer(0), 3)
    core.beat()
    expect([...core.router.state.fanout.of(TOPIC)!].toSorted()).toEqual([1, 2].map(peer).toSorted())
    core.say(1, [{ topic: TOPIC, subscribe: false }])
    expect([...core.router.state.fanout.of(TOPIC)!]).toEqual([peer(2)])
  })

  it('offers others to those that are too many', () => {
    const offered = [true, false].map(doPX => {
      const core = new Core({ doPX })
      core.join()
      for (let n = 0; n < 12; n++) {
        core.up(n, { topics: [TOPIC] })
        core.control(n, { graft: [TOPIC] })
      }
      return sent(core.beat()).flatMap(({ control }) => control?.prune?.map(({ peers }) => peers.length) ?? [])
    })
    expect(offered).toEqual([Array.from({ length: 6 }, () => 11), Array.from({ length: 6 }, () => 0)])
  })

  it('connects direct peers at first, and again every five minutes', () => {
    const core = new Core({ directPeers: [{ id: peerIdFromString(peer(0)), addrs: [] }] })
    const connect = { type: 'connect', offer: { peerId: peerIdToBytes(peerIdFromString(peer(0))) } }
    expect(core.beat()).toEqual([connect])
    expect(core.beat(299)).toEqual([])
    expect(core.beat()).toEqual([connect])
    core.up(0)
    expect(core.beat(600)).toEqual([])
  })

  it('forgets the fanout a minute after the last message, and keeps it fresh until then', () => {
    const core = new Core({ floodPublish: false })
    core.upAll(8)
    core.publish(message('1'))
    const [first] = core.router.state.fanout.of(TOPIC)!
    core.down(Number(indexOf(first!)))
    expect(core.router.state.fanout.of(TOPIC)!.has(first!)).toBe(false)
    core.beat()
    expect(core.router.state.fanout.of(TOPIC)!.size).toBe(6)
    core.beat(60)
    expect(core.router.state.fanout.topics()).toEqual([])
  })
})

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constantFrom('up', 'down', 'graft', 'prune', 'in', 'out', 'bad'), n: fc.nat(30) }),
    fc.record({ op: fc.constantFrom('join', 'leave', 'beat'), n: fc.constant(0) })
  )

  it('nobody is in a mesh that is not connected, and never ourselves', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), steps => {
        const core = new Core()
        for (const { op, n } of steps) {
          if (op === 'up') core.up(n, { isOutbound: n % 3 === 0 })
          else if (op === 'down') core.down(n)
          else if (op === 'graft') core.control(n, { graft: [TOPIC] })
          else if (op === 'prune') core.control(n, { prune: [{ topic: TOPIC, backoffSeconds: 2, peers: [] }] })
          else if (op === 'in' || op === 'out') core.say(n, [{ topic: TOPIC, subscribe: op === 'in' }])
          else if (op === 'bad') core.router.state.scores.addPenalty(peer(n), 1)
          else if (op === 'join') core.join()
          else if (op === 'leave') core.leave()
          else core.beat()
          const connected = new Set(core.router.peers())
          for (const key of core.mesh()) expect(connected.has(key), key).toBe(true)
          expect(core.mesh()).not.toContain(SELF)
        }
        core.join()
        core.beat(20)
        expect(core.mesh().length).toBeLessThanOrEqual(12)
        for (const key of core.mesh()) expect(core.router.state.scores.score(key)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 60 }
    )
  })

  it('the same seed takes the same course', () => {
    const run = (seed: number) => {
      const core = new Core({ scoreParams: { topics: { [TOPIC]: defaultTopicScoreParams } } }, seed)
      core.upAll(30)
      core.join()
      return [core.mesh(), core.beat(5).length]
    }
    expect(run(3)).toEqual(run(3))
    expect(run(3)).not.toEqual(run(4))
  })
})

function indexOf(key: string): number | undefined {
  return Array.from({ length: 40 }, (_, n) => n).find(n => peer(n) === key)
}
