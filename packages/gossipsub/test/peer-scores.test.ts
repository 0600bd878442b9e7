import type { RejectReason } from '@ts-libp2p/pubsub'
import { describe, expect, it } from 'vitest'
import type { PeerScoreParams, TopicScoreParams } from '../src/score/params.ts'
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
