import type { SeededRandom } from '@ts-libp2p/testing'
import { GOSSIPSUB_1_1 } from '../src/core/protocols.ts'
import type { GossipsubOptions } from '../src/options.ts'
import { Deliveries, type DeliveryFigures } from './deliveries.ts'
import { SimNetwork } from './sim-network.ts'
import { type Plot, Sybil } from './sybil.ts'

/** An attack of the evaluation, with its parameters. https://github.com/libp2p/gossipsub-hardening/tree/master/scripts/configs */
export interface Attack {
  readonly sybils: number
  /** Nodes that each of them connects to. */
  readonly degree: number
  /** Whom they connect to: everybody, those who publish, or one of these. */
  readonly against: 'all' | 'publishers' | 'one'
  /** When they begin to connect, and how long that takes. */
  readonly connectAtMs: number
  readonly connectForMs: number
  /** When nodes begin to connect to each other. */
  readonly nodesConnectAtMs: number
  /** From when on sybils attack. */
  readonly attackAtMs: number
  readonly dropShare: number
  readonly censors: boolean
  /** How long messages are published. They begin after half a minute. */
  readonly publishMs: number
  /** Heartbeats between opportunistic grafts, and the median score below which they happen. */
  readonly opportunisticTicks: number
  readonly opportunisticThreshold: number
}

const MINUTE_MS = 60_000

const NONE: Attack = {
  ...{ sybils: 0, degree: 100, against: 'all', connectAtMs: MINUTE_MS, connectForMs: MINUTE_MS, nodesConnectAtMs: 0 },
  ...{ attackAtMs: 0, dropShare: 1, censors: false, publishMs: 3 * MINUTE_MS },
  ...{ opportunisticTicks: 60, opportunisticThreshold: 0 }
}
const COLD: Attack = { ...NONE, sybils: 4000, degree: 20, connectAtMs: 0, connectForMs: 3000 }
const OPPORTUNISTIC = { opportunisticTicks: 10, opportunisticThreshold: 10 }
const COVERT: Attack = { ...COLD, attackAtMs: 2 * MINUTE_MS, publishMs: 5 * MINUTE_MS }

/** `flash` is the report's "eclipse attack against the entire network": sybils connect and attack at once. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  none: NONE,
  sybil: { ...NONE, sybils: 2000, dropShare: 0.5 },
  'eclipse of one': { ...NONE, sybils: 1000, degree: 1, against: 'one' },
  'eclipse of publishers': { ...NONE, sybils: 1000, against: 'publishers' },
  flash: { ...NONE, sybils: 4000 },
  censor: { ...NONE, sybils: 2000, censors: true },
  'cold boot': COLD,
  'cold boot, opportunistic grafts': { ...COLD, opportunisticTicks: 10, opportunisticThreshold: 1 },
  dawn: { ...COLD, nodesConnectAtMs: 10_000, ...OPPORTUNISTIC },
  'covert flash': COVERT,
  'covert flash, opportunistic grafts': { ...COVERT, nodesConnectAtMs: 10_000, ...OPPORTUNISTIC }
}

export interface AttackOptions {
  readonly seed: number | string
  readonly size: number
  /** Of the nodes. */
  readonly publishers: number
  /** Of all of them together. */
  readonly messagesPerSecond: number
  /** How it stands, every ten seconds from the first message on: long attacks can be looked at before they are over. */
  readonly onSample?: (atMs: number, all: DeliveryFigures, sybilShare: number) => void
}

export interface AttackFigures {
  readonly all: DeliveryFigures
  /** Messages of the node that is the target; and deliveries to it. */
  readonly ofTarget: DeliveryFigures
  readonly toTarget: DeliveryFigures
  /** The share of sybils in meshes of nodes, every ten seconds from the first message on. */
  readonly sybilShares: readonly number[]
  readonly fingerprint: string
}

const TOPIC = 'blocks'
const LINK = { latencyMs: 25, jitterMs: 2.5 }
const TEN_GIGABITS = 10_240 * 125_000
const MESSAGE_BYTES = 2048
const FIRST_MESSAGE_MS = 30_000
const SAMPLE_MS = 10_000
const TARGET = 0

/** Runs an attack to its end. */
export function attack(of: Attack, init: AttackOptions): AttackFigures {
  const { seed, size, publishers, messagesPerSecond, onSample } = init
  const options = evaluated(of)
  const net = new SimNetwork({
    ...{ size, seed, options, topics: [TOPIC], link: () => LINK, bytesPerSecond: () => TEN_GIGABITS },
    ...{ dials: 20, validationMs: 0 }
  })
  const followed = {
    all: new Deliveries(net),
    ofTarget: new Deliveries(net),
    toTarget: new Deliveries(net, index => index === TARGET)
  }
  net.onDelivered = (index, message) => {
    followed.all.delivered(index, message)
    followed.toTarget.delivered(index, message)
    if (message.author === net.names.of(TARGET)) followed.ofTarget.delivered(index, message)
  }
  const plot: Plot = {
    ...{ topic: TOPIC, attackAtMs: of.attackAtMs, dropShare: of.dropShare },
    censored: of.censors ? net.names.of(TARGET) : undefined
  }
  net.start()
  net.cores.after(of.nodesConnectAtMs, () => net.connectAll({ withinMs: 3000 }))
  addSybils(net, of, { plot, publishers })
  const until = FIRST_MESSAGE_MS + of.publishMs
  const publish = (from: number): void => {
    if (net.cores.nowMs >= until) return
    const message = net.publish(TOPIC, MESSAGE_BYTES, from)
    followed.all.follow(message)
    followed.toTarget.follow(message)
    if (from === TARGET) followed.ofTarget.follow(message)
    net.cores.after((1000 * publishers) / messagesPerSecond, () => publish(from))
  }
  for (let i = 0; i < publishers; i++) {
    net.cores.after(FIRST_MESSAGE_MS + (1000 * i) / messagesPerSecond, () => publish(i))
  }
  net.cores.run({ ms: FIRST_MESSAGE_MS })
  const sybilShares: number[] = []
  while (net.cores.nowMs < until) {
    net.cores.run({ ms: SAMPLE_MS })
    const share = sybilShare(net)
    sybilShares.push(share)
    onSample?.(net.cores.nowMs, followed.all.figures(), share)
  }
  net.cores.run({ ms: 20_000 })
  const { all, ofTarget, toTarget } = followed
  return {
    ...{ all: all.figures(), ofTarget: ofTarget.figures(), toTarget: toTarget.figures() },
    ...{ sybilShares, fingerprint: net.cores.fingerprint }
  }
}

/** The parameters of the evaluation, whose scores are those of Filecoin's blocks at the time. */
function evaluated({ opportunisticTicks, opportunisticThreshold }: Attack): GossipsubOptions {
  return {
    protocols: [GOSSIPSUB_1_1],
    ...{ D: 8, Dlo: 6, Dhi: 12, Dscore: 6, Dlazy: 12, floodPublish: true, opportunisticGraftTicks: opportunisticTicks },
    scoreThresholds: {
      ...{ gossipThreshold: -4000, publishThreshold: -5000, graylistThreshold: -10_000, acceptPXThreshold: 0 },
      opportunisticGraftThreshold: opportunisticThreshold
    },
    scoreParams: {
      ...{ IPColocationFactorWeight: 0, decayInterval: 1000, decayToZero: 0.01, retainScore: 30_000 },
      topics: {
        [TOPIC]: {
          ...{ topicWeight: 0.25, timeInMeshWeight: 0.0027, timeInMeshQuantum: 1000, timeInMeshCap: 3600 },
          ...{ firstMessageDeliveriesWeight: 0.664, firstMessageDeliveriesDecay: 0.9916 },
          ...{ firstMessageDeliveriesCap: 1500, meshMessageDeliveriesWeight: -0.25 },
          ...{ meshMessageDeliveriesDecay: 0.997, meshMessageDeliveriesCap: 400, meshMessageDeliveriesThreshold: 10 },
          // A minute in the configurations, to which the harness adds the time before the first message.
          ...{ meshMessageDeliveriesActivation: MINUTE_MS + FIRST_MESSAGE_MS, meshMessageDeliveriesWindow: 5 },
          ...{ meshFailurePenaltyWeight: -0.25, meshFailurePenaltyDecay: 0.997 },
          ...{ invalidMessageDeliveriesWeight: -99, invalidMessageDeliveriesDecay: 0.9994 }
        }
      }
    }
  }
}

function addSybils(net: SimNetwork, of: Attack, { plot, publishers }: { plot: Plot; publishers: number }): void {
  const random: SeededRandom = net.random.fork('sybils')
  const targets = { all: net.size, publishers, one: 1 }[of.against]
  for (let i = 0; i < of.sybils; i++) {
    const index = net.addOther(init => new Sybil(init, plot, () => net.cores.nowMs))
    for (const to of pickSome(random, targets, of.degree)) {
      net.cores.after(of.connectAtMs + random.float() * of.connectForMs, () => net.dial(index, to))
    }
  }
}

function pickSome(random: SeededRandom, below: number, count: number): Set<number> {
  const picked = new Set<number>()
  while (picked.size < Math.min(count, below)) picked.add(random.int(below))
  return picked
}

function sybilShare(net: SimNetwork): number {
  let [sybils, all] = [0, 0]
  for (const { router } of net.present()) {
    for (const peer of router.state.mesh.of(TOPIC)) {
      all++
      if (net.names.indexOf(peer) >= net.size) sybils++
    }
  }
  return sybils / all
}
