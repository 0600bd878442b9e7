import {
  type Clock,
  type ComponentLogger,
  type ConnectionEncrypter,
  type ConnectionGater,
  type ConnectionProtector,
  InvalidParametersError,
  type Libp2pEvents,
  type Metrics,
  type Multiaddr,
  type PeerId,
  type PeerStore,
  type PrivateKey,
  type Random,
  type StreamMuxerFactory,
  type Transport,
  type TypedEventTarget,
  type Upgrader
} from '@ts-libp2p/interface'
import type { AddressResolver } from './dial-job.ts'
import { DEFAULT_LIMITS, type SwarmLimits } from './limits.ts'

/** What modules are given when they are made. Structurally enough for the ecosystem's transports, channels and muxers. */
export interface Components {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly peerStore: PeerStore
  readonly logger: ComponentLogger
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: Metrics
  readonly upgrader: Upgrader
  /** The node's events, as the ecosystem's transports listen to them. */
  readonly events: TypedEventTarget<Libp2pEvents>
}

/** A module, or a function that makes one from the node's components. */
export type Factory<Module> = Module | ((components: Components) => Module)

export interface SwarmAddresses {
  /** Where to accept connections. Default: nowhere. */
  listen?: readonly Multiaddr[]
  /** What to tell others instead of the listeners' addresses. Default: the listeners' addresses. */
  announce?: readonly Multiaddr[]
  /** What to tell others beside them. */
  appendAnnounce?: readonly Multiaddr[]
  /** Has the last word on what is told. */
  announceFilter?: (addresses: Multiaddr[]) => Multiaddr[]
}

export interface SwarmOptions {
  /** Who we are: the id of `privateKey`. */
  peerId: PeerId
  /** What security channels prove who we are with. */
  privateKey: PrivateKey
  /** Where addresses of peers come from, and tags that say whose connections are worth keeping. */
  peerStore: PeerStore
  /** The swarm logs as `libp2p:swarm`. */
  logger: ComponentLogger
  /** What every timeout is measured by: `systemClock` of `stream`, or a virtual one. */
  clock: Clock
  /** `systemRandom` of `crypto`; of a seed, runs in virtual time repeat. */
  random: Random
  /** Default: nothing is counted. */
  metrics?: Metrics
  /** The first that takes an address dials it, or listens there. */
  transports: readonly Factory<Transport>[]
  /** Best first. One alone is used without being asked for, which saves a round trip. */
  connectionEncrypters: readonly Factory<ConnectionEncrypter>[]
  /** Best first. One alone is used without being asked for, which saves a round trip. */
  streamMuxers: readonly Factory<StreamMuxerFactory>[]
  /** Makes the network private: what it cannot protect is refused. Default: none. */
  connectionProtector?: Factory<ConnectionProtector>
  /** Says whom to talk to, at each step of a connection. Default: everybody. */
  connectionGater?: ConnectionGater
  /** Resolves `dns…` and `dnsaddr` addresses before they are dialled. Default: left to the transports. */
  resolver?: AddressResolver
  /** Asked for a peer's addresses when the peer store has none. */
  findPeer?: (peer: PeerId, options: { signal?: AbortSignal }) => Promise<Multiaddr[]>
  /** Where to listen, and what to tell others. Default: nowhere. */
  addresses?: SwarmAddresses
  /** Default: each as `SwarmLimits` says. */
  limits?: Partial<SwarmLimits>
}

/** Adds modules by protocol. Throws a sentence that says what to change when two have the same. */
export function addByProtocol<Module extends { protocol: string }>(
  map: Map<string, Module>,
  modules: readonly Module[],
  option: string
): void {
  for (const module of modules) {
    if (map.has(module.protocol)) {
      throw new InvalidParametersError(`\`${option}\` has two modules for ${module.protocol}; leave one of them out`)
    }
    map.set(module.protocol, module)
  }
}

export function make<Module>(factory: Factory<Module>, components: Components): Module {
  return typeof factory === 'function' ? (factory as (components: Components) => Module)(components) : factory
}

/** The limits in force. Throws when one is not a positive number, or they contradict each other. */
export function resolveLimits(given: Partial<SwarmLimits> = {}): SwarmLimits {
  const limits = { ...DEFAULT_LIMITS, ...given }
  if (given.maxConnections !== undefined && given.lowWaterConnections === undefined) {
    limits.lowWaterConnections = Math.floor(given.maxConnections * 0.8)
  }
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new InvalidParametersError(`limit \`${name}\` must be a number of at least 0, not ${String(value)}`)
    }
  }
  if (limits.lowWaterConnections > limits.maxConnections) {
    throw new InvalidParametersError('limit `lowWaterConnections` must not be above `maxConnections`')
  }
  return limits
}
