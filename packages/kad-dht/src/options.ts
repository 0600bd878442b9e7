import { InvalidParametersError } from '@ts-libp2p/interface'
import { isGlobalUnicast, isRelayed, isWildcard } from '@ts-libp2p/multiaddr'
import type { RecordValidators } from '@ts-libp2p/record'
import type { Datastore } from 'interface-datastore'
import type { PeerInfoMapper } from './contact.ts'
import {
  ALPHA,
  BETA,
  K,
  MAX_DISJOINT_PATHS,
  MAX_INBOUND_STREAMS,
  RECORD_VALIDITY_MS,
  REFRESH_MS,
  REPROVIDE_MS,
  SELF_QUERY_DELAY_MS,
  SELF_QUERY_MS
} from './limits.ts'
import { type ValidatorOptions, validatorsOf } from './validators.ts'

export const KAD_PROTOCOL = '/ipfs/kad/1.0.0'
export const KAD_LAN_PROTOCOL = '/ipfs/lan/kad/1.0.0'

export interface KadDHTOptions extends ValidatorOptions {
  /** Default `/ipfs/kad/1.0.0`, the public network. */
  readonly protocol?: string
  /**
   * True: ask only. False: answer others too. Default: answer as long as one of our addresses is left by
   * `peerInfoMapper`, that is, others can reach us.
   */
  readonly clientMode?: boolean
  /**
   * Takes away addresses that are of no use in this DHT, of peers that we hear of and of ourselves; a peer with none left
   * is not used. Default: by the protocol. `/ipfs/kad/1.0.0` keeps public addresses, `/ipfs/lan/kad/1.0.0` the others,
   * and any other protocol all.
   */
  readonly peerInfoMapper?: PeerInfoMapper
  /** Peers per bucket, per answer and per lookup. Default 20. */
  readonly kBucketSize?: number
  /** Requests of a lookup at once until it has converged. Default 10: more are faster and cost more messages. */
  readonly alpha?: number
  /** The nearest peers that must have answered for a lookup to have converged. Default 3. */
  readonly beta?: number
  /** Paths of a lookup that share no peer, against peers that lead astray. Default 1; each costs about k messages. */
  readonly disjointPaths?: number
  /** Keeps records of others, and what we provide and put, over a restart. Default: in memory only. */
  readonly datastore?: Datastore
  /** Default `/dht`. Two DHTs in one datastore need two. */
  readonly datastorePrefix?: string
  /** Default `libp2p:kad-dht`. */
  readonly logPrefix?: string
  /** Do not wait for the first peer when a query begins with none: fail at once. Default false: wait up to 5 s. */
  readonly allowQueryWithZeroPeers?: boolean
  /** Milliseconds between lookups of our own id, which keep our neighbourhood known. Default 5 min. */
  readonly querySelfInterval?: number
  /** Milliseconds from the first peer to the first such lookup. Default 1,000. */
  readonly initialQuerySelfInterval?: number
  /** Milliseconds between lookups in the buckets. Default 10 min. */
  readonly refreshInterval?: number
  /** Streams that a peer may have open to us on one connection. Default 32. */
  readonly maxInboundStreams?: number
  readonly reprovide?: {
    /** Milliseconds after which what we provide, and values that we put, are announced again. Default 22 h. */
    readonly interval?: number
    /** Milliseconds for which we keep what others announce and put. Default 48 h. */
    readonly validity?: number
  }
  /**
   * `provide` tells peers as soon as they are near enough to be among the nearest in all likelihood, judged from the size
   * of the network, and waits for three quarters of them. A few records may go to peers that are not quite the nearest.
   * Default false.
   */
  readonly optimisticProvide?: boolean
  /**
   * Peers of one network that are let into a bucket and into the table (IPv4 /16, IPv6 /32), and that are among the nearest
   * of a lookup as long as there are others (IPv4 /24, IPv6 /48). Default 2, 3 and 2.
   */
  readonly diversity?: {
    readonly perBucket?: number
    readonly perTable?: number
    readonly perLookup?: number
    /**
     * Peers, as a share of k, that are expected in the region around a key of which everybody is asked, also beyond k, as
     * soon as the size of the network is known. Higher: more messages for keys that nobody attacks. Default 0.5; 0: never.
     */
    readonly region?: number
  }
}

export interface CheckedOptions
  extends Required<Omit<KadDHTOptions, 'clientMode' | 'datastore' | 'validators' | 'selectors' | 'reprovide'>>,
    Pick<KadDHTOptions, 'clientMode' | 'datastore'> {
  readonly validators: RecordValidators
  readonly reprovide: Required<NonNullable<KadDHTOptions['reprovide']>>
}

/** Throws an `InvalidParametersError` that says what to change. */
export function checked(options: KadDHTOptions): CheckedOptions {
  const protocol = options.protocol ?? KAD_PROTOCOL
  const o = {
    ...{ kBucketSize: K, alpha: ALPHA, beta: BETA, disjointPaths: 1, datastorePrefix: '/dht' },
    ...{ logPrefix: 'libp2p:kad-dht', allowQueryWithZeroPeers: false, optimisticProvide: false, diversity: {} },
    ...{ querySelfInterval: SELF_QUERY_MS, initialQuerySelfInterval: SELF_QUERY_DELAY_MS, refreshInterval: REFRESH_MS },
    maxInboundStreams: MAX_INBOUND_STREAMS,
    ...options,
    protocol,
    peerInfoMapper: options.peerInfoMapper ?? mapperOf(protocol),
    reprovide: { interval: REPROVIDE_MS, validity: RECORD_VALIDITY_MS, ...options.reprovide },
    validators: validatorsOf(options)
  }
  if (!protocol.startsWith('/')) throw new InvalidParametersError(`protocol must begin with a slash, not ${protocol}`)
  needCount('kBucketSize', o.kBucketSize, 1000)
  needCount('alpha', o.alpha, 1000)
  needCount('beta', o.beta, o.kBucketSize)
  needCount('disjointPaths', o.disjointPaths, MAX_DISJOINT_PATHS)
  needCount('maxInboundStreams', o.maxInboundStreams, 10_000)
  for (const name of ['querySelfInterval', 'initialQuerySelfInterval', 'refreshInterval'] as const) {
    needPositive(name, o[name])
  }
  needPositive('reprovide.interval', o.reprovide.interval)
  needPositive('reprovide.validity', o.reprovide.validity)
  return o
}

/** Leaves public addresses: for the DHT of the internet. Names count as public. */
export const removePrivateAddressesMapper: PeerInfoMapper = ({ id, multiaddrs }) => ({
  id,
  multiaddrs: multiaddrs.filter(ma => isGlobalUnicast(ma) || isName(ma))
})

/** Leaves the addresses of local networks and of this machine. */
export const removePublicAddressesMapper: PeerInfoMapper = ({ id, multiaddrs }) => ({
  id,
  multiaddrs: multiaddrs.filter(ma => !isGlobalUnicast(ma) && !isName(ma) && !isWildcard(ma) && !isRelayed(ma))
})

/** Leaves every address. */
export const passthroughMapper: PeerInfoMapper = peer => peer

function mapperOf(protocol: string): PeerInfoMapper {
  if (protocol === KAD_PROTOCOL) return removePrivateAddressesMapper
  return protocol === KAD_LAN_PROTOCOL ? removePublicAddressesMapper : passthroughMapper
}

function isName(ma: Parameters<typeof isGlobalUnicast>[0]): boolean {
  const [first] = ma.getComponents()
  return (
    first?.name.startsWith('dns') === true && first.value !== 'localhost' && first.value?.endsWith('.local') !== true
  )
}

function needCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return
  throw new InvalidParametersError(`${name} must be an integer from 1 to ${max}, not ${value}`)
}

function needPositive(name: string, value: number): void {
  if (!(value > 0)) throw new InvalidParametersError(`${name} must be above 0, not ${value}`)
}

export interface DualKadDHTOptions extends Omit<KadDHTOptions, 'protocol' | 'peerInfoMapper'> {
  /** What is different for the DHT of the internet, `/ipfs/kad/1.0.0` by default. */
  readonly wan?: KadDHTOptions
  /** What is different for the DHT of the local network, `/ipfs/lan/kad/1.0.0` by default. */
  readonly lan?: KadDHTOptions
}

/** The options of both. They log and store under names of their own. */
export function checkedDual({ wan, lan, ...common }: DualKadDHTOptions): { wan: CheckedOptions; lan: CheckedOptions } {
  const { logPrefix = 'libp2p:kad-dht', datastorePrefix = '/dht' } = common
  const names = (side: string) => ({ logPrefix: `${logPrefix}:${side}`, datastorePrefix: `${datastorePrefix}/${side}` })
  const internet = { peerInfoMapper: removePrivateAddressesMapper, protocol: KAD_PROTOCOL }
  const local = { peerInfoMapper: removePublicAddressesMapper, protocol: KAD_LAN_PROTOCOL }
  return {
    wan: checked({ ...common, ...names('wan'), ...internet, ...wan }),
    lan: checked({ ...common, ...names('lan'), ...local, ...lan })
  }
}
