import type { Identify } from '@ts-libp2p/identify'
import type {
  Clock,
  ComponentLogger,
  ConnectionEncrypter,
  ConnectionGater,
  ConnectionProtector,
  Metrics,
  Multiaddr,
  PrivateKey,
  Random,
  ServiceFactory,
  StreamMuxerFactory,
  Transport
} from '@ts-libp2p/interface'
import type { Ping } from '@ts-libp2p/ping'
import type { AddressResolver, Factory, SwarmLimits } from '@ts-libp2p/swarm'
import type { Datastore } from 'interface-datastore'

/** Services to run, each made with the node. */
export type ServiceFactories = Record<string, ServiceFactory>

/** The services that the factories make, by the same names. */
export type ServicesOf<Factories extends ServiceFactories> = {
  [Name in keyof Factories]: ReturnType<Factories[Name]>
}

export interface AddressOptions {
  /** Where to accept connections, as text. */
  listen?: readonly string[]
  /** What to tell other peers instead of where we listen, e.g. behind a forwarded port. */
  announce?: readonly string[]
  /** What to tell them beside it. */
  appendAnnounce?: readonly string[]
  /** Has the last word on what is told. */
  announceFilter?: (addresses: Multiaddr[]) => Multiaddr[]
}

export interface Libp2pOptions<Factories extends ServiceFactories = ServiceFactories> {
  /** Who we are. Default: the key in `datastore`, made there the first time; without a datastore a new one each run. */
  privateKey?: PrivateKey
  addresses?: AddressOptions
  /** Ways to reach others. Default for the platform: TCP, WebSocket and memory in Node, WebSocket in browsers. */
  transports?: readonly Factory<Transport>[]
  /** Ways to authenticate and encrypt, best first. Default: noise. */
  connectionEncrypters?: readonly Factory<ConnectionEncrypter>[]
  /** Ways to carry many streams, best first. Default: yamux. */
  streamMuxers?: readonly Factory<StreamMuxerFactory>[]
  /** A pre-shared key network, for instance. Default: none. */
  connectionProtector?: Factory<ConnectionProtector>
  /** Decides whom to talk to. Default: everybody. */
  connectionGater?: ConnectionGater
  /** Added to identify and ping, or replacing them by name. */
  services?: Factories
  /** Where the key and the peer store are kept. Default: in memory, gone at the end. */
  datastore?: Datastore
  /** Resolves names in addresses. Default: the system's resolver in Node, left to the browser there. */
  resolver?: AddressResolver
  /** Bounds on connections, dials and streams; see `SwarmLimits` for each with its default and reason. */
  limits?: Partial<SwarmLimits>
  logger?: ComponentLogger
  metrics?: Metrics
  clock?: Clock
  random?: Random
  /** Start at once. Default true; with false, call `start()`. */
  start?: boolean
}

/** The services that every preset has. */
export type DefaultServices = {
  identify: ServiceFactory<Identify>
  ping: ServiceFactory<Ping>
}

/** Options to start from: `createLibp2p({ ...server, privateKey })`. */
export interface Preset extends Libp2pOptions<DefaultServices> {
  services: DefaultServices
}
