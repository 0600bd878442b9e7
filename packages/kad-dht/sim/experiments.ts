import { keyOf } from '../src/key.ts'
import type { LookupRun } from '../src/query/lookup-run.ts'
import { mean, type Spread, spread } from './figures.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimNode } from './sim-node.ts'

export interface LookupFigures {
  readonly lookups: number
  /** The share of lookups that found the nearest peer that answers. */
  readonly success: number
  /** The share of the k nearest peers that answer which were found. */
  readonly recall: number
  /** Requests in a row that led to the nearest peer, mean. */
  readonly hops: number
  /** Requests, mean. */
  readonly messages: number
  /** Virtual milliseconds until the nearest peer had answered. */
  readonly nearestMs: Spread
  /** Virtual milliseconds until the end. */
  readonly endMs: Spread
}

/** Lookups of random keys by nodes that `choose` gives, one after the other, with some time in between. */
export function lookups(
  net: SimNetwork,
  { count, pauseMs = 0, choose = () => net.somebody() }: { count: number; pauseMs?: number; choose?: () => SimNode }
): LookupFigures {
  const outcomes = Array.from({ length: count }, () => {
    net.cores.run({ ms: pauseMs })
    const key = net.random.bytes(32)
    const node = choose()
    const truth = net.nearest(keyOf(key), node.core.k + 1).filter(({ name }) => name !== node.contact.name)
    return outcomeOf(net.lookUp(node, 'FIND_NODE', key), truth.slice(0, node.core.k))
  })
  const all = (pick: (outcome: Outcome) => number): number[] => outcomes.map(pick)
  return {
    lookups: count,
    success: mean(all(({ hasNearest }) => (hasNearest ? 1 : 0))),
    recall: mean(all(({ recall }) => recall)),
    hops: mean(all(({ hops }) => hops)),
    messages: mean(all(({ messages }) => messages)),
    nearestMs: spread(all(({ nearestMs }) => nearestMs)),
    endMs: spread(all(({ endMs }) => endMs))
  }
}

interface Outcome {
  readonly hasNearest: boolean
  readonly recall: number
  readonly hops: number
  readonly messages: number
  readonly nearestMs: number
  readonly endMs: number
}

function outcomeOf(run: LookupRun, truth: readonly { readonly name: string }[]): Outcome {
  const closest = run.closest()
  const found = new Set(closest.map(({ name }) => name))
  const { steps, tookMs } = run.trace()
  const last = steps.find(({ peer }) => closest[0]?.id.equals(peer) === true)
  return {
    hasNearest: truth[0] !== undefined && found.has(truth[0].name),
    recall: truth.filter(({ name }) => found.has(name)).length / truth.length,
    hops: last?.hops ?? 0,
    messages: steps.filter(({ state }) => state !== 'heard').length,
    nearestMs: (last?.askedMs ?? 0) + (last?.tookMs ?? 0),
    endMs: tookMs
  }
}

export interface ProvideFigures {
  /** Requests of the lookup, mean. */
  readonly messages: number
  /** Virtual milliseconds until its end. */
  readonly endMs: Spread
  /** Peers who were told, mean. */
  readonly told: number
  /** The share of the k nearest peers who were. */
  readonly recall: number
}

/** Contents that are announced by nodes which know the size of the network. */
export function provides(
  net: SimNetwork,
  { count, isOptimistic }: { count: number; isOptimistic: boolean }
): ProvideFigures {
  const outcomes = Array.from({ length: count }, (_, i) => {
    const node = net.somebodyExperienced()
    const key = net.contentKey(`${i} announced at ${net.cores.nowMs}`)
    const { run, told } = net.provide(node, key, isOptimistic)
    const { steps, tookMs } = run.trace()
    const others = net.nearest(keyOf(key), node.core.k + 1).filter(({ name }) => name !== node.contact.name)
    const nearest = others.slice(0, node.core.k)
    return {
      messages: steps.filter(({ state }) => state !== 'heard').length,
      tookMs,
      told: told.size,
      recall: nearest.filter(({ name }) => told.has(name)).length / nearest.length
    }
  })
  return {
    messages: mean(outcomes.map(({ messages }) => messages)),
    endMs: spread(outcomes.map(({ tookMs }) => tookMs)),
    told: mean(outcomes.map(({ told }) => told)),
    recall: mean(outcomes.map(({ recall }) => recall))
  }
}

export interface ProviderFigures {
  readonly contents: number
  /** The share of contents whose provider a stranger found. */
  readonly success: number
  /** Virtual milliseconds until it was. */
  readonly findMs: Spread
}

/** Contents are announced by random nodes, time passes, and strangers look for them. */
export function provideAndFind(
  net: SimNetwork,
  { count, laterMs }: { count: number; laterMs: number }
): ProviderFigures {
  const announced = Array.from({ length: count }, (_, i) => {
    const provider = net.somebody()
    const key = net.contentKey(`${i} of ${net.cores.nowMs}`)
    net.provide(provider, key)
    return { key, provider: provider.contact }
  })
  net.cores.run({ ms: laterMs })
  const times = announced.map(({ key, provider }) => {
    const others = net.answering().filter(index => net.directory.contact(index).name !== provider.name)
    return net.find(net.node(net.random.pick(others)), key, provider)
  })
  const found = times.filter(time => time !== undefined)
  return { contents: count, success: found.length / count, findMs: spread(found) }
}

/**
 * First lookups of nodes that have just come.
 *
 * `knowsBootstrap`: with nothing but connections to the bootstrap nodes. Otherwise with a filled table, as one kept from
 * before, and no connection at all, so that everybody must be dialled.
 */
export function coldLookups(
  net: SimNetwork,
  { count, knowsBootstrap }: { count: number; knowsBootstrap: boolean }
): LookupFigures {
  const choose = (): SimNode => {
    const index = net.random.pick(net.transient().filter(i => !net.unresponsive.has(i)))
    const before = net.cores.shell(index)
    const known = [...(before?.core.table.all() ?? [])].map(({ contact }) => contact)
    const node = net.cores.restart(index)
    if (knowsBootstrap) {
      net.cores.run({ ms: 999 })
      return node
    }
    for (const contact of known) node.core.table.add({ contact, groups: [], isConnected: false }, node.core.clock.now())
    node.forgetConnections()
    return node
  }
  return lookups(net, { count, choose })
}
