import { fromUtf8 } from '@ts-libp2p/bytes'
import type { RejectReason } from '@ts-libp2p/pubsub'
import { describe, expect, it } from 'vitest'
import { encodeMessage } from '../../pubsub/src/wire-message.ts'
import { MAX_RETAINED_SCORES } from '../src/limits.ts'
import { Colocation } from '../src/score/colocation.ts'
import { Deliveries } from '../src/score/deliveries.ts'
import {
  checkScoreParams,
  defaultPeerScoreParams,
  type PeerScoreParams,
  type TopicScoreParams
} from '../src/score/params.ts'
import { PeerScores } from '../src/score/peer-scores.ts'
import vectors from './vectors/peer-score.json' with { type: 'json' }

interface Step {
  op: string
  peer: string
  topic: string
  ms: number
  count?: number
  first: number
  reason: RejectReason
  value: number
  score: number
  ips: string[]
  params: Record<string, number>
}

interface Case {
  id: string
  params: Record<string, number | string[]>
  topics: Record<string, Record<string, number>>
  steps: Step[]
}

const cases = vectors.cases as unknown as readonly Case[]

const ZERO_TOPIC: TopicScoreParams = {
  ...{ topicWeight: 0, timeInMeshWeight: 0, timeInMeshQuantum: 0, timeInMeshCap: 0 },
  ...{ firstMessageDeliveriesWeight: 0, firstMessageDeliveriesDecay: 0, firstMessageDeliveriesCap: 0 },
  ...{ meshMessageDeliveriesWeight: 0, meshMessageDeliveriesDecay: 0, meshMessageDeliveriesCap: 0 },
  ...{ meshMessageDeliveriesThreshold: 0, meshMessageDeliveriesWindow: 0, meshMessageDeliveriesActivation: 0 },
  ...{ meshFailurePenaltyWeight: 0, meshFailurePenaltyDecay: 0 },
  ...{ invalidMessageDeliveriesWeight: 0, invalidMessageDeliveriesDecay: 0 }
}

/** The vectors have Go's names, in which what is absent is zero. */
function topicParams(params: Record<string, number>): TopicScoreParams {
  const named = Object.entries(params).map(([name, value]) => [name[0]!.toLowerCase() + name.slice(1), value])
  return { ...ZERO_TOPIC, ...Object.fromEntries(named) }
}

function run({ params, topics, steps }: Case): void {
  let now = 1_000_000
  const appScores = new Map<string, number>()
  const number = (name: string): number => Number(params[name] ?? 0)
  const scoreParams: PeerScoreParams = {
    topics: Object.fromEntries(Object.entries(topics).map(([name, of]) => [name, topicParams(of)])),
    topicScoreCap: number('TopicScoreCap'),
    appSpecificScore: peer => appScores.get(peer) ?? 0,
    appSpecificWeight: number('AppSpecificWeight'),
    IPColocationFactorWeight: number('IPColocationFactorWeight'),
    IPColocationFactorThreshold: number('IPColocationFactorThreshold'),
    IPColocationFactorWhitelist: new Set(params.IPColocationFactorWhitelist as string[] | undefined),
    behaviourPenaltyWeight: number('BehaviourPenaltyWeight'),
    behaviourPenaltyThreshold: number('BehaviourPenaltyThreshold'),
    behaviourPenaltyDecay: number('BehaviourPenaltyDecay'),
    decayInterval: 1000,
    decayToZero: number('DecayToZero'),
    retainScore: number('RetainScore')
  }
  const scores = new PeerScores(scoreParams, number('SeenMsgTTL') || 120_000)
  const each = (
    { peer, topic, first, count = 1 }: Step,
    fn: (sent: { peer: string; id: string; topic: string }) => void
  ) => {
    for (let i = first; i < first + count; i++) fn({ peer, id: `${topic}/${i}`, topic })
  }
  const ops: Record<string, (step: Step) => void> = {
    add_peer: ({ peer }) => scores.addPeer(peer),
    remove_peer: ({ peer }) => scores.removePeer(peer, now),
    graft: ({ peer, topic }) => scores.graft(peer, topic, now),
    prune: ({ peer, topic }) => scores.prune(peer, topic),
    advance: ({ ms }) => {
      now += ms
    },
    refresh: ({ count = 1 }) => {
      for (let i = 0; i < count; i++) scores.refresh(now)
    },
    validate: step => each(step, sent => scores.validate(sent, now)),
    deliver: step =>
      each(step, sent => {
        scores.validate(sent, now)
        scores.deliver(sent, now)
      }),
    duplicate: step => each(step, sent => scores.duplicate(sent, now)),
    reject: step => each(step, sent => scores.reject(sent, step.reason, now)),
    add_penalty: ({ peer, value }) => scores.addPenalty(peer, value),
    set_app_score: ({ peer, value }) => void appScores.set(peer, value),
    set_ips: ({ peer, ips }) => scores.setIps(peer, ips),
    set_topic_params: ({ topic, params: changed }) => scores.setTopicParams(topic, topicParams(changed)),
    gc_deliveries: () => scores.expireDeliveries(now),
    expect_score: ({ peer, score }) => {
      const tolerance = Math.max(1, Math.abs(score)) * 1e-9
      expect(Math.abs(scores.score(peer) - score), `${peer} has ${scores.score(peer)}, not ${score}`).toBeLessThan(
        tolerance
      )
    }
  }
  for (const step of steps) ops[step.op]!(step)
}

describe('peer scores', () => {
  it.each(cases.map(one => [one.id, one] as const))('are as in go-libp2p-pubsub: %s', (_, one) => {
    expect.hasAssertions()
    run(one)
  })
})

const T = 'news'
const TOPIC_PARAMS = topicParams({
  ...{ TopicWeight: 1, TimeInMeshWeight: 1, TimeInMeshQuantum: 1000, TimeInMeshCap: 100 },
  ...{ FirstMessageDeliveriesWeight: 1, FirstMessageDeliveriesDecay: 0.5, FirstMessageDeliveriesCap: 10 },
  ...{ MeshMessageDeliveriesWeight: -1, MeshMessageDeliveriesDecay: 0.5, MeshMessageDeliveriesCap: 10 },
  ...{ MeshMessageDeliveriesThreshold: 4, MeshMessageDeliveriesWindow: 10, MeshMessageDeliveriesActivation: 1000 },
  ...{ MeshFailurePenaltyWeight: -1, MeshFailurePenaltyDecay: 0.5 },
  ...{ InvalidMessageDeliveriesWeight: -100, InvalidMessageDeliveriesDecay: 0.5 }
})

function scoring(params: Partial<PeerScoreParams> = {}, ...peers: string[]) {
  const scores = new PeerScores({ ...defaultPeerScoreParams, topics: { [T]: TOPIC_PARAMS }, ...params }, 120_000)
  for (const peer of peers) scores.addPeer(peer)
  const of = (peer: string) => scores.snapshot(peer)!.topics[T]!
  const sent = (peer: string, id = '1') => ({ peer, id, topic: T })
  return { scores, of, sent }
}

describe('a peer that goes', () => {
  it('and comes again has its bad score, of which what was good is not part', () => {
    const { scores, of, sent } = scoring({}, 'a')
    scores.validate(sent('a'), 0)
    scores.deliver(sent('a'), 0)
    scores.countInvalid('a', T)
    scores.removePeer('a', 0)
    scores.addPeer('a')
    expect([of('a').firstMessageDeliveries, of('a').invalidMessageDeliveries, scores.score('a')]).toEqual([0, 1, -100])
  })

  it('without a good score is remembered for a while', () => {
    const { scores } = scoring(
      { retainScore: 1000, appSpecificScore: peer => (peer === 'good' ? 1 : 0) },
      'good',
      'new'
    )
    for (const peer of ['good', 'new']) scores.removePeer(peer, 0)
    expect(scores.known()).toEqual(['new'])
    scores.refresh(1000)
    expect(scores.known()).toEqual(['new'])
    scores.refresh(1001)
    expect(scores.known()).toEqual([])
  })

  it('is one less behind its address once it is forgotten', () => {
    const appSpecificScore = (peer: string) => (peer === 'good' ? 100 : 0)
    const { scores } = scoring({ IPColocationFactorThreshold: 1, appSpecificScore })
    for (const peer of ['good', 'bad', 'here']) scores.addPeer(peer, ['1.2.3.4'])
    const factors = ['good', 'bad', 'nobody'].map(peer => {
      scores.removePeer(peer, 0)
      return scores.snapshot('here')!.IPColocationFactor
    })
    expect(factors).toEqual([1, 1, 1])
  })

  it('is forgotten when many others went after it, but not one that is there', () => {
    const { scores } = scoring({}, 'here', 'first')
    scores.removePeer('first', 0)
    for (let i = 0; i < MAX_RETAINED_SCORES; i++) {
      scores.addPeer(`${i}`)
      scores.removePeer(`${i}`, 0)
    }
    const known = scores.known()
    expect([known.length, known.includes('here'), known.includes('first')]).toEqual([MAX_RETAINED_SCORES, true, false])
  })
})

describe('parameters', () => {
  it.each([
    [{ IPColocationFactorWeight: 0, IPColocationFactorThreshold: 0 }, true],
    [{ IPColocationFactorThreshold: 0 }, false],
    [{ decayToZero: 1 }, false],
    [{ decayToZero: 0 }, false],
    [{ behaviourPenaltyDecay: 1 }, false],
    [{ behaviourPenaltyWeight: 0, behaviourPenaltyDecay: 1 }, true]
  ])('%j are fine: %s', (params, isFine) => {
    const check = () => checkScoreParams({ ...defaultPeerScoreParams, ...params })
    if (isFine) expect(check).not.toThrow()
    else expect(check).toThrow(`scoreParams.${Object.keys(params).at(-1)}`)
  })
})

describe('a peer in the mesh', () => {
  it('gets P1 for whole quanta, and P3 for what it brings there, up to the cap', () => {
    const { scores, of, sent } = scoring({}, 'a', 'b')
    scores.graft('a', T, 0)
    scores.refresh(900)
    expect(scores.score('a')).toBe(0)
    for (let i = 0; i < 8; i++) {
      scores.validate(sent('a', `${i}`), 0)
      scores.deliver(sent('a', `${i}`), 0)
      scores.duplicate(sent('b', `${i}`), 0)
    }
    expect([of('a').meshMessageDeliveries, of('b')?.meshMessageDeliveries]).toEqual([8, 0])
    scores.setTopicParams(T, { ...TOPIC_PARAMS, meshMessageDeliveriesCap: 5, firstMessageDeliveriesCap: 6 })
    expect([of('a').meshMessageDeliveries, of('a').firstMessageDeliveries]).toEqual([5, 6])
  })
})

describe('a message that was accepted', () => {
  it('is not rejected any more', () => {
    const { scores, of, sent } = scoring({}, 'a')
    scores.validate(sent('a'), 0)
    scores.deliver(sent('a'), 0)
    scores.reject(sent('a'), 'validation failed', 0)
    expect(of('a').invalidMessageDeliveries).toBe(0)
  })

  it('is remembered with so many others, and so long', () => {
    const deliveries = new Deliveries(100, 2)
    for (const [now, id] of ['a', 'b', 'c'].entries()) deliveries.of(id, now).validatedAt = 7
    expect([deliveries.size, deliveries.of('c', 3).validatedAt]).toEqual([2, 7])
    deliveries.expire(101)
    expect(deliveries.size).toBe(2)
    deliveries.expire(102)
    expect(deliveries.size).toBe(1)
  })
})

describe('an address', () => {
  it.each([
    ['2001:db8::1', 0],
    ['2001:db8:1::/64', 1],
    ['2001:db8:2::/64', 0],
    ['2001:db9::1', 1]
  ])('that is exempt counts for nobody, a whole /64 if it is listed itself: %s', (ip, expected) => {
    const IPColocationFactorWhitelist = new Set(['2001:db8::/32', '2001:db8:2::/64'])
    const { scores } = scoring({ IPColocationFactorThreshold: 1, IPColocationFactorWhitelist }, 'a', 'b')
    for (const peer of ['a', 'b']) scores.setIps(peer, [ip])
    expect(scores.snapshot('a')!.IPColocationFactor).toBe(expected)
  })

  it('that a peer has no more does not count', () => {
    const { scores } = scoring({ IPColocationFactorThreshold: 1 }, 'a', 'b')
    for (const [peer, ip] of ['a 1.1.1.1', 'b 1.1.1.1', 'b 2.2.2.2'].map(each => each.split(' '))) {
      scores.setIps(peer!, [ip!])
    }
    expect(scores.snapshot('a')!.IPColocationFactor).toBe(0)
  })

  it('is forgotten with the last peer behind it', () => {
    const colocation = new Colocation(1, new Set())
    for (const peer of ['a', 'b']) colocation.set(peer, ['1.1.1.1', '2.2.2.2'])
    const sizes = ['a', 'b', 'b'].map(peer => {
      colocation.remove(peer)
      return colocation.size
    })
    expect(sizes).toEqual([2, 0, 0])
  })

  it('of a peer that is not known counts for nobody', () => {
    const { scores } = scoring({ IPColocationFactorThreshold: 1 }, 'a')
    scores.setIps('a', ['1.2.3.4'])
    scores.setIps('nobody', ['1.2.3.4'])
    expect(scores.snapshot('a')!.IPColocationFactor).toBe(0)
  })
})

describe('a peer that comes to the mesh again', () => {
  it('begins anew: its time there, and what is expected of it', () => {
    const { scores, of } = scoring({}, 'a')
    scores.graft('a', T, 0)
    scores.refresh(1000)
    expect(of('a').isMeshDeliveryExpected).toBe(false)
    scores.refresh(1001)
    expect(of('a')).toMatchObject({ isMeshDeliveryExpected: true, meshTimeMs: 1001 })
    scores.prune('a', T)
    // Without P1, but with P3 besides P3b, as in go-libp2p-pubsub.
    expect(scores.score('a')).toBe(-32)
    scores.graft('a', T, 2000)
    expect(of('a')).toMatchObject({ isMeshDeliveryExpected: false, meshTimeMs: 0, meshFailurePenalty: 16 })
    scores.refresh(3001)
    scores.prune('a', T)
    expect(of('a').meshFailurePenalty).toBe(8 + 16)
  })
})

describe('the content of a rejected message', () => {
  it('is remembered, whatever comes with its id after it was forgotten elsewhere', () => {
    const { scores, sent } = scoring({}, 'a')
    const [first, other] = ['first', 'other'].map(text => encodeMessage({ topic: T, data: fromUtf8(text) }))
    scores.validate(sent('a'), 0, first)
    const areSettled = () => [first, other].map(message => scores.isSettled('1', message!.bytes))
    expect(areSettled()).toEqual([true, false])
    scores.reject(sent('a'), 'validation failed', 0)
    scores.validate(sent('a'), 0, other)
    expect(areSettled()).toEqual([false, false])
    expect([scores.isTwin('1', first!), scores.isTwin('1', other!)]).toEqual([false, true])
  })
})
