import type {
  ComponentLogger,
  ConnectionGater,
  ContentRouting,
  Libp2pEvents,
  Metrics,
  NodeInfo,
  PeerId,
  PeerRouting,
  PeerStore,
  PrivateKey,
  TypedEventTarget,
  Upgrader
} from '@libp2p/interface'
import type {
  AddressManager,
  ConnectionManager,
  RandomWalk,
  Registrar,
  TransportManager
} from '@libp2p/interface-internal'
import type { Node } from '@ts-libp2p/interface'
import { NodeEventTarget } from '@ts-libp2p/stream'
import { MemoryDatastore } from 'datastore-core/memory'
import type { Datastore } from 'interface-datastore'
import { addressManagerOf } from './address-manager.ts'
import { connectionManagerOf } from './connection-manager.ts'
import { CompatError } from './errors.ts'
import { registrarOf } from './registrar.ts'

/** What a node of js-libp2p hands to its services. Other services are there too, by their names. */
export interface Libp2pComponents {
  peerId: PeerId
  privateKey: PrivateKey
  nodeInfo: NodeInfo
  logger: ComponentLogger
  events: TypedEventTarget<Libp2pEvents>
  addressManager: AddressManager
  peerStore: PeerStore
  registrar: Registrar
  connectionManager: ConnectionManager
  datastore: Datastore
  metrics?: Metrics
  // A node of ours does not have these. Services that use them get an error that says so, unless they are given.
  upgrader: Upgrader
  randomWalk: RandomWalk
  transportManager: TransportManager
  connectionGater: ConnectionGater
  contentRouting: ContentRouting
  peerRouting: PeerRouting
}

/** Those that a node of js-libp2p may lack as well: services look whether they are there. */
const OPTIONAL: readonly string[] = ['metrics', 'connectionProtector', 'dns']

const NODE_INFO: NodeInfo = { name: 'ts-libp2p', version: '0.1.0', userAgent: 'ts-libp2p/0.1.0' }

const nodes = new WeakMap<object, Node>()

/** The node behind components that were made here; undefined for those of a js-libp2p node. */
export function nodeBehind(components: object): Node | undefined {
  return nodes.get(components)
}

/** A node of ours as services of js-libp2p see theirs. What is `given` is added, or stands in for ours. */
export function componentsOf(node: Node, given: Partial<Libp2pComponents> = {}): Libp2pComponents {
  const { peerId, privateKey, logger, peerStore, metrics } = node
  const parts: Record<string, unknown> = {
    ...{ peerId, privateKey, logger, peerStore, metrics, nodeInfo: NODE_INFO },
    events: new NodeEventTarget(node),
    addressManager: addressManagerOf(node),
    registrar: registrarOf(node),
    connectionManager: connectionManagerOf(node),
    datastore: given.datastore ?? new MemoryDatastore(),
    ...given
  }
  const components = new Proxy(parts, { get: (target, name) => part(target, name) }) as unknown as Libp2pComponents
  nodes.set(components, node)
  return components
}

function part(parts: Record<string | symbol, unknown>, name: string | symbol): unknown {
  if (name in parts || typeof name === 'symbol' || OPTIONAL.includes(name)) return parts[name]
  throw new CompatError(
    'missing-component',
    `a service of js-libp2p asks for \`${name}\`: put the service of that name beside it, or give the part`
  )
}
