import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { createLibp2p } from '@ts-libp2p/libp2p'
import type { Host, World } from '@ts-libp2p/testing/simulation'
import { type GossipsubOptions, gossipsub } from '../src/index.ts'

export const TOPIC = 'news'

/** A node on a host of a simulated network. */
async function startOn(host: Pick<Host, 'options'>, options: GossipsubOptions = {}) {
  const pubsub = gossipsub(options)
  return await createLibp2p({ ...host.options(), services: { pubsub } })
}
export type SimulatedNode = Awaited<ReturnType<typeof startOn>>

/** Nodes on hosts of their own, the first connected to all others. */
export async function startStar(world: World, options: readonly GossipsubOptions[]): Promise<SimulatedNode[]> {
  const hosts = options.map(each => world.host<SimulatedNode>({ run: host => startOn(host, each) }))
  const nodes = await Promise.all(hosts.map(host => host.start()))
  for (const host of hosts.slice(1)) await world.until(nodes[0]!.dial(host.address))
  return nodes
}

/** Waits until everybody is in the topic, and knows it of everybody that it is connected to. */
export async function joinAll(world: World, nodes: readonly SimulatedNode[], topic: string = TOPIC): Promise<void> {
  for (const { services } of nodes) services.pubsub.subscribe(topic)
  await world.runUntil(() => nodes.every(node => subscribers(node, topic) === node.getPeers().length))
}

export function subscribers({ services }: SimulatedNode, topic: string = TOPIC): number {
  return services.pubsub.getSubscribers(topic).length
}

/** Texts of the messages that a node got, as they come. */
export function textsOf(node: SimulatedNode): string[] {
  const got: string[] = []
  node.services.pubsub.addEventListener('message', ({ detail }) => got.push(toUtf8(detail.data)))
  return got
}

export function say({ services }: SimulatedNode, text: string, topic: string = TOPIC) {
  return services.pubsub.publish(topic, fromUtf8(text))
}

export function droppedBy({ services }: SimulatedNode): Record<string, number> {
  return Object.fromEntries(services.pubsub.counters().dropped)
}
