import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { ServiceFactory } from '@ts-libp2p/interface'
import { createLibp2p, type Libp2pOptions } from '@ts-libp2p/libp2p'
import { type Gossipsub, type GossipsubOptions, gossipsub, type Message } from '../src/index.ts'

/** A node with gossipsub, on a TCP port of its own. */
export type PubsubNode = Awaited<ReturnType<typeof startNode>>

export const LOCAL: Libp2pOptions = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } }

async function startNode(options: GossipsubOptions = {}, node: Libp2pOptions = {}) {
  const pubsub: ServiceFactory<Gossipsub> = gossipsub(options)
  return await createLibp2p({ ...LOCAL, ...node, services: { pubsub } })
}

/** Nodes that are stopped when the test ends. */
export class Cluster implements AsyncDisposable {
  readonly nodes: PubsubNode[] = []

  async add(options?: GossipsubOptions, node?: Libp2pOptions): Promise<PubsubNode> {
    const added = await startNode(options, node)
    this.nodes.push(added)
    return added
  }

  async addAll(count: number, options?: GossipsubOptions): Promise<PubsubNode[]> {
    return await Promise.all(Array.from({ length: count }, () => this.add(options)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()))
  }
}

export async function connect(a: PubsubNode, b: PubsubNode): Promise<void> {
  await a.dial(b.getMultiaddrs())
}

/** Texts of the messages that a node got, as they come. */
export function texts(node: PubsubNode): string[] {
  const got: string[] = []
  node.services.pubsub.addEventListener('message', ({ detail }) => got.push(textOf(detail)))
  return got
}

export const textOf = ({ data }: Message): string => toUtf8(data)
export const publish = (node: PubsubNode, topic: string, text: string) => {
  return node.services.pubsub.publish(topic, fromUtf8(text))
}

export { fromUtf8 }
