import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { encodePeer } from '../src/contact.ts'
import { commonPrefixLength, keyOf } from '../src/key.ts'
import { type Frame, frame, type Message, MessageType } from '../src/wire/message.ts'
import { idOf } from './directory.ts'
import { mean } from './figures.ts'
import type { SimNetwork } from './sim-network.ts'
import { SimNode } from './sim-node.ts'

export interface AttackOptions {
  /** Ids that the attacker made, nearer to the key than anybody honest. */
  readonly sybils: number
  /** Networks (/24, each in another /16) that they are spread over. */
  readonly networks: number
  /** Strangers who look for the content. */
  readonly strangers: number
}

export interface AttackFigures extends AttackOptions {
  /** The share of sybils among the peers that a lookup found, mean. */
  readonly sybilShare: number
  /** The share of strangers who found the provider. */
  readonly success: number
  /** The same of a provider with the option `optimisticProvide`. */
  readonly optimisticSuccess: number
  /** Sybils in the routing tables of the honest peers nearest to the key, at most. */
  readonly mostInTable: number
}

/**
 * Ids crafted near a key: they join, answer with each other only, and swallow what they are told. Then two provide the
 * key, one of them optimistically, and strangers look for it.
 */
export function attack(net: SimNetwork, options: AttackOptions): AttackFigures {
  const key = net.contentKey(`target of ${options.sybils} in ${options.networks} at ${net.cores.nowMs}`)
  const names = craft(key, net.size, options.sybils)
  const ring = new Ring()
  const indexes = names.map((name, i) => {
    const group = i % options.networks
    const address = `/ip4/45.${group}.7.${1 + Math.floor(i / options.networks)}/tcp/4001`
    return net.addOther(name, address, init => new SybilNode(init, ring))
  })
  for (const index of indexes) ring.add(net.node(index))
  for (const index of indexes) net.node(index).join([0, 1, 2])
  net.cores.run({ ms: 120_000 })

  const provider = net.somebodyExperienced()
  net.provide(provider, key)
  const optimist = net.somebodyExperienced()
  net.provide(optimist, key, true)
  const isSybil = new Set(indexes.map(index => net.directory.contact(index).name))
  const outcomes = Array.from({ length: options.strangers }, () => {
    const stranger = net.somebodyExperienced()
    const closest = net.lookUp(stranger, 'FIND_NODE', key).closest()
    const share = closest.filter(({ name }) => isSybil.has(name)).length / closest.length
    const finds = ({ contact }: SimNode): number => (net.find(stranger, key, contact) === undefined ? 0 : 1)
    return { share, found: finds(provider), foundOptimist: finds(optimist) }
  })
  const near = net.nearest(keyOf(key), 20).map(contact => net.node(net.directory.index(contact) as number))
  const inTable = near.map(
    ({ core }) => [...core.table.all()].filter(({ contact }) => isSybil.has(contact.name)).length
  )
  for (const index of indexes) net.cores.crash(index)
  return {
    ...options,
    sybilShare: mean(outcomes.map(({ share }) => share)),
    success: mean(outcomes.map(({ found }) => found)),
    optimisticSuccess: mean(outcomes.map(({ foundOptimist }) => foundOptimist)),
    mostInTable: Math.max(...inTable)
  }
}

/** Names of ids that are nearer to the key than those of `size` honest peers are in all likelihood. */
function craft(key: Uint8Array, size: number, count: number): string[] {
  const target = keyOf(key)
  const bits = Math.ceil(Math.log2(size)) + 2
  const names: string[] = []
  for (let i = 0; names.length < count; i++) {
    const name = `sybil ${i} of ${key.join('')}`
    if (commonPrefixLength(target, keyOf(peerIdToBytes(idOf(name)))) >= bits) names.push(name)
  }
  return names
}

/** The sybils, as they tell of each other. */
class Ring {
  readonly wires: Uint8Array[] = []

  add({ contact }: SimNode): void {
    this.wires.push(encodePeer(contact))
  }
}

/** Knows its likes only, and keeps nothing. */
class SybilNode extends SimNode {
  private readonly ring: Ring

  constructor(init: ConstructorParameters<typeof SimNode>[0], ring: Ring) {
    super(init)
    this.ring = ring
  }

  protected override answer({ type, key }: Message): Frame | undefined {
    if (type === MessageType.ADD_PROVIDER) return undefined
    return frame({ type, key, closerPeers: this.ring.wires.slice(0, 20) })
  }
}

/** How many of a crowd of one /24 that all connect to a node get into its routing table. */
export function crowd(net: SimNetwork, count: number): { readonly connected: number; readonly inTable: number } {
  const victim = net.somebody()
  const index = net.directory.index(victim.contact) as number
  const indexes = Array.from({ length: count }, (_, i) => {
    return net.addOther(`crowd ${i}`, `/ip4/46.1.1.${1 + (i % 250)}/tcp/${4001 + i}`, init => new SimNode(init))
  })
  for (const other of indexes) net.node(other).join([index])
  net.cores.run({ ms: 60_000 })
  const names = new Set(indexes.map(other => net.directory.contact(other).name))
  for (const other of indexes) net.cores.crash(other)
  return {
    connected: count,
    inTable: [...victim.core.table.all()].filter(({ contact }) => names.has(contact.name)).length
  }
}
