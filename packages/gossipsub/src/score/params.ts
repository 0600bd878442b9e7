import { InvalidParametersError } from '@ts-libp2p/interface'

/**
 * How peers are judged by what they do in one topic. Counters are multiplied by their decay every `decayInterval`.
 * https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.1.md#the-score-function
 */
export interface TopicScoreParams {
  /** What the topic contributes to the score. */
  readonly topicWeight: number
  /** P1, time in the mesh: one point per quantum of milliseconds, up to the cap. Weight zero or above. */
  readonly timeInMeshWeight: number
  readonly timeInMeshQuantum: number
  readonly timeInMeshCap: number
  /** P2, messages that the peer was the first to send. Weight zero or above. */
  readonly firstMessageDeliveriesWeight: number
  readonly firstMessageDeliveriesDecay: number
  readonly firstMessageDeliveriesCap: number
  /** P3, the square of what is missing to the threshold of messages from a mesh peer. Weight zero or below. */
  readonly meshMessageDeliveriesWeight: number
  readonly meshMessageDeliveriesDecay: number
  readonly meshMessageDeliveriesCap: number
  readonly meshMessageDeliveriesThreshold: number
  /** Milliseconds after a message was accepted in which copies of it count. */
  readonly meshMessageDeliveriesWindow: number
  /** Milliseconds in the mesh before it counts. */
  readonly meshMessageDeliveriesActivation: number
  /** P3b, the same square at the time the peer left the mesh. Weight zero or below. */
  readonly meshFailurePenaltyWeight: number
  readonly meshFailurePenaltyDecay: number
  /** P4, the square of the number of invalid messages. Weight zero or below. */
  readonly invalidMessageDeliveriesWeight: number
  readonly invalidMessageDeliveriesDecay: number
}

export interface PeerScoreParams {
  /** Topics not listed do not count. */
  readonly topics: Readonly<Record<string, TopicScoreParams>>
  /** The most that all topics together contribute. Zero: no limit. */
  readonly topicScoreCap: number
  /** P5: what the application thinks of a peer, by base58 of its id. */
  readonly appSpecificScore: (peer: string) => number
  readonly appSpecificWeight: number
  /** P6: the square of the number of peers with the same IP address over the threshold. Weight zero or below. */
  readonly IPColocationFactorWeight: number
  readonly IPColocationFactorThreshold: number
  /** Addresses, or networks such as `10.0.0.0/8`, that do not count. */
  readonly IPColocationFactorWhitelist: ReadonlySet<string>
  /** P7: the square of the misbehaviours over the threshold. Weight zero or below. */
  readonly behaviourPenaltyWeight: number
  readonly behaviourPenaltyThreshold: number
  readonly behaviourPenaltyDecay: number
  /** Milliseconds. */
  readonly decayInterval: number
  /** Counters below this become zero. */
  readonly decayToZero: number
  /** Milliseconds for which the score of a peer that went is kept, unless it is positive. */
  readonly retainScore: number
}

/** Scores below, or above, which something happens. */
export interface PeerScoreThresholds {
  /** Below: no gossip to the peer, none from it. */
  readonly gossipThreshold: number
  /** Below: our own messages are not sent to it. */
  readonly publishThreshold: number
  /** Below: nothing from it is looked at. */
  readonly graylistThreshold: number
  /** From here on: peers that it offers are connected to. */
  readonly acceptPXThreshold: number
  /** A mesh whose median is below gets better peers. */
  readonly opportunisticGraftThreshold: number
}

/** What a counter is multiplied by every second to fall to a hundredth within an hour. */
const ONE_HOUR = 0.01 ** (1 / 3600)

/**
 * What is not given for a topic that is scored: the numbers of Filecoin's topic of blocks, but for P3 and P3b, which are
 * off, because how many messages are to be expected is the application's to know: a threshold that is too high prunes
 * everybody. The spec names no numbers.
 * https://github.com/filecoin-project/lotus/blob/0254f746b2780673d50a1c053bf36e3c7827441d/node/modules/lp2p/pubsub.go
 */
export const defaultTopicScoreParams: TopicScoreParams = {
  topicWeight: 0.1,
  timeInMeshWeight: 0.00027,
  timeInMeshQuantum: 1000,
  timeInMeshCap: 1,
  firstMessageDeliveriesWeight: 25,
  firstMessageDeliveriesDecay: ONE_HOUR,
  firstMessageDeliveriesCap: 100,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: ONE_HOUR,
  meshMessageDeliveriesCap: 100,
  meshMessageDeliveriesThreshold: 0,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 60_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: ONE_HOUR,
  invalidMessageDeliveriesWeight: -1000,
  invalidMessageDeliveriesDecay: ONE_HOUR
}

/**
 * No topic is scored, so that what counts is misbehaviour (P7, as in Filecoin and nearly so in Ethereum: six slips an hour
 * are forgiven) and crowds behind one address (P6, as in js-libp2p and rust-libp2p). go-libp2p-pubsub scores nobody unless
 * told how.
 */
export const defaultPeerScoreParams: PeerScoreParams = {
  topics: {},
  topicScoreCap: 0, // Filecoin: none
  appSpecificScore: () => 0,
  appSpecificWeight: 10, // js-libp2p
  IPColocationFactorWeight: -5, // js-libp2p, rust-libp2p
  IPColocationFactorThreshold: 10, // js-libp2p, rust-libp2p
  IPColocationFactorWhitelist: new Set(),
  behaviourPenaltyWeight: -10, // Filecoin
  behaviourPenaltyThreshold: 6, // Filecoin, Ethereum
  behaviourPenaltyDecay: ONE_HOUR, // Filecoin; js-libp2p and rust-libp2p: 0.2, which forgives within two seconds
  decayInterval: 1000, // Filecoin
  decayToZero: 0.01, // Filecoin
  retainScore: 6 * 3_600_000 // Filecoin
}

/** Filecoin's, but for peer exchange, where js-libp2p's is within reach of a score that the application gives. */
export const defaultPeerScoreThresholds: PeerScoreThresholds = {
  gossipThreshold: -500,
  publishThreshold: -1000,
  graylistThreshold: -2500,
  acceptPXThreshold: 10, // js-libp2p
  opportunisticGraftThreshold: 2.5
}

/** What a counter is multiplied by, every `decayInterval` milliseconds, to fall to `decayToZero` within `decayTimeMs`. */
export function scoreParameterDecay(decayTimeMs: number, decayInterval = 1000, decayToZero = 0.01): number {
  return decayToZero ** (decayInterval / decayTimeMs)
}

/** Throws an `InvalidParametersError` that names the parameter. */
export function checkScoreParams(params: PeerScoreParams): void {
  const check = checker('scoreParams', params)
  check('topicScoreCap', NOT_NEGATIVE)
  check('IPColocationFactorWeight', NOT_POSITIVE)
  if (params.IPColocationFactorWeight !== 0) check('IPColocationFactorThreshold', atLeast(1))
  check('behaviourPenaltyWeight', NOT_POSITIVE)
  check('behaviourPenaltyThreshold', NOT_NEGATIVE)
  if (params.behaviourPenaltyWeight !== 0) check('behaviourPenaltyDecay', DECAY)
  check('decayInterval', atLeast(1000, ' milliseconds'))
  check('decayToZero', DECAY)
  check('retainScore', NOT_NEGATIVE)
  for (const [topic, topicParams] of Object.entries(params.topics)) checkTopicScoreParams(topic, topicParams)
}

/** Throws an `InvalidParametersError` that names the parameter. */
export function checkTopicScoreParams(topic: string, params: TopicScoreParams): void {
  const check = checker(`scoreParams.topics[${JSON.stringify(topic)}]`, params)
  check('topicWeight', NOT_NEGATIVE)
  check('timeInMeshWeight', NOT_NEGATIVE)
  check('timeInMeshQuantum', POSITIVE)
  if (params.timeInMeshWeight !== 0) check('timeInMeshCap', POSITIVE)
  check('firstMessageDeliveriesWeight', NOT_NEGATIVE)
  if (params.firstMessageDeliveriesWeight !== 0) {
    check('firstMessageDeliveriesDecay', DECAY)
    check('firstMessageDeliveriesCap', POSITIVE)
  }
  check('meshMessageDeliveriesWeight', NOT_POSITIVE)
  check('meshMessageDeliveriesWindow', NOT_NEGATIVE)
  if (params.meshMessageDeliveriesWeight !== 0) {
    check('meshMessageDeliveriesDecay', DECAY)
    check('meshMessageDeliveriesCap', POSITIVE)
    check('meshMessageDeliveriesThreshold', POSITIVE)
    check('meshMessageDeliveriesActivation', atLeast(1000, ' milliseconds'))
  }
  check('meshFailurePenaltyWeight', NOT_POSITIVE)
  if (params.meshFailurePenaltyWeight !== 0) check('meshFailurePenaltyDecay', DECAY)
  check('invalidMessageDeliveriesWeight', NOT_POSITIVE)
  check('invalidMessageDeliveriesDecay', DECAY)
}

/** Throws an `InvalidParametersError` that names the threshold. */
export function checkScoreThresholds(thresholds: PeerScoreThresholds): void {
  const { gossipThreshold, publishThreshold } = thresholds
  const check = checker('scoreThresholds', thresholds)
  check('gossipThreshold', NOT_POSITIVE)
  check('publishThreshold', atMost(gossipThreshold, 'the gossip threshold'))
  check('graylistThreshold', atMost(publishThreshold, 'the publish threshold'))
  check('acceptPXThreshold', NOT_NEGATIVE)
  check('opportunisticGraftThreshold', NOT_NEGATIVE)
}

/** What a number must be. NaN is nothing that it must be. */
interface Rule {
  readonly should: string
  readonly isMet: (value: number) => boolean
}

const NOT_NEGATIVE: Rule = { should: 'zero or above', isMet: value => value >= 0 }
const NOT_POSITIVE: Rule = { should: 'zero or below', isMet: value => value <= 0 }
const POSITIVE: Rule = { should: 'above zero', isMet: value => value > 0 }
const DECAY: Rule = { should: 'between 0 and 1', isMet: value => value > 0 && value < 1 }
const atLeast = (least: number, unit = ''): Rule => ({
  should: `at least ${least}${unit}`,
  isMet: value => value >= least
})
const atMost = (most: number, what: string): Rule => ({ should: `at most ${what}`, isMet: value => value <= most })

type NumberOf<Params> = { [Name in keyof Params]: Params[Name] extends number ? Name : never }[keyof Params] & string

function checker<Params>(where: string, params: Params): (name: NumberOf<Params>, rule: Rule) => void {
  return (name, { should, isMet }) => {
    if (!isMet(params[name] as number)) throw new InvalidParametersError(`\`${where}.${name}\` must be ${should}`)
  }
}
