import type { PeerInfo, ServiceFactory } from '@ts-libp2p/interface'
import { createLibp2p, type Libp2pNode } from '@ts-libp2p/libp2p'
import { simulate } from '@ts-libp2p/testing/simulation'
import {
  type Rendezvous,
  type RendezvousOptions,
  type RendezvousServer,
  type RendezvousServerOptions,
  rendezvous,
  rendezvousServer
} from '../src/index.ts'

export const HOUR = 3_600_000

type World = ReturnType<typeof simulate>
export interface Started<Service> {
  readonly host: ReturnType<World['host']>
  readonly node: Libp2pNode<{ service: Service }>
  readonly service: Service
  /** `<id> <addresses>` of each peer that was discovered. */
  readonly discovered: string[]
}

/** A node with one service on a host of its own, started. */
export async function started<Service>(
  world: World,
  service: ServiceFactory<Service>,
  options: { ip?: string } = {}
): Promise<Started<Service>> {
  const discovered: string[] = []
  const host = world.host({
    ...options,
    run: async host => {
      const node = await createLibp2p({ ...host.options(), services: { service }, start: false })
      node.addEventListener('peer:discovery', ({ detail }: CustomEvent<PeerInfo>) => {
        discovered.push([detail.id, ...detail.multiaddrs].join(' '))
      })
      await node.start()
      return node
    }
  })
  const node = (await world.until(host.start())) as unknown as Libp2pNode<{ service: Service }>
  return { host, node, service: node.services.service, discovered }
}

export const startServer = (world: World, options?: RendezvousServerOptions): Promise<Started<RendezvousServer>> =>
  started(world, rendezvousServer(options))

export const startClient = (world: World, options?: RendezvousOptions): Promise<Started<Rendezvous>> =>
  started(world, rendezvous(options))

export { simulate, type World }
