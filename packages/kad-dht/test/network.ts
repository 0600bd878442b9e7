import { createLibp2p, generateKeyPair, type Libp2pOptions, type ServiceFactory } from '@ts-libp2p/libp2p'
import { type KadDHT, type KadDHTOptions, kadDHT } from '../src/index.ts'

export const DHT_PROTOCOL = '/test/kad/1.0.0'

const LOCAL: Libp2pOptions = { addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } }

/** A node on loopback with a DHT of its own protocol. */
export async function dhtNode(options: KadDHTOptions = {}) {
  const dht: ServiceFactory<KadDHT> = kadDHT({ protocol: DHT_PROTOCOL, ...options })
  return await createLibp2p({ ...LOCAL, privateKey: await generateKeyPair('Ed25519'), services: { dht } })
}

export type DhtNode = Awaited<ReturnType<typeof dhtNode>>

/** Nodes of which each knows the one before it, as they come to a network, and the routing tables that follow. */
export async function dhtNetwork(size: number, options: KadDHTOptions = {}): Promise<DhtNode[]> {
  const nodes: DhtNode[] = []
  for (let i = 0; i < size; i++) nodes.push(await dhtNode({ clientMode: false, ...options }))
  for (let i = 1; i < size; i++) {
    await nodes[i]!.dial(nodes[i - 1]!.getMultiaddrs())
    await tableHas(nodes[i]!, 1)
    await nodes[i]!.services.dht.refreshRoutingTable()
  }
  return nodes
}

/** Waits until as many peers are in the node's table. */
export async function tableHas({ services }: Pick<DhtNode, 'services'>, size: number): Promise<void> {
  for (let i = 0; services.dht.routingTable.size < size; i++) {
    if (i > 2000) throw new Error(`the routing table has ${services.dht.routingTable.size} peers, ${size} expected`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

export async function stopAll(nodes: readonly { stop(): Promise<void> }[]): Promise<void> {
  await Promise.all(nodes.map(node => node.stop()))
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
