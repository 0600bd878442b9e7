import {
  type Clock,
  type ComponentLogger,
  InvalidParametersError,
  isPeerId,
  type Multiaddr,
  type PeerId,
  type PeerUpdate
} from '@ts-libp2p/interface'
import { systemClock } from '@ts-libp2p/stream'
import type { Datastore } from 'interface-datastore'
import type { PeerStoreError } from './errors.ts'
import { ADDRESS_TTL_MS, MAX_PEERS, PEER_TTL_MS, WRITE_DELAY_MS } from './limits.ts'

/** Whether an address may be stored for a peer. */
export type AddressFilter = (peer: PeerId, multiaddr: Multiaddr) => boolean | Promise<boolean>

export interface PeerStoreOptions {
  /** Ourselves: never evicted, never expired, not in `all()`. */
  peerId: PeerId
  /** Where peers survive a restart. Open, and ours under `/peers/`. Default: none, memory alone. */
  datastore?: Datastore
  /** Default: the wall clock. */
  clock?: Clock
  logger?: ComponentLogger
  /** Told of every change that can be seen. The peers are shared: read, do not change. */
  onUpdate?: (update: PeerUpdate) => void
  /** Told of what went wrong out of anybody's sight: writes that failed, stored entries that cannot be read. */
  onError?: (error: PeerStoreError) => void
  /** Default: every address may be stored. With one, updates of the same peer wait for each other. */
  addressFilter?: AddressFilter
  /** Peers known at once. Default 10,000, some 40 MB. */
  maxPeers?: number
  /** Milliseconds for which an address is good. Default 1 h. */
  addressTtlMs?: number
  /** Milliseconds for which a peer without addresses is remembered. Default 6 h. */
  peerTtlMs?: number
  /** Milliseconds for which changes are gathered before they are written: what a crash loses. Default 1000. */
  writeDelayMs?: number
}

type Defaulted = 'clock' | 'maxPeers' | 'addressTtlMs' | 'peerTtlMs' | 'writeDelayMs'

export type CheckedOptions = PeerStoreOptions & Required<Pick<PeerStoreOptions, Defaulted>>

const DEFAULTS: Required<Pick<PeerStoreOptions, Defaulted>> = {
  clock: systemClock,
  maxPeers: MAX_PEERS,
  addressTtlMs: ADDRESS_TTL_MS,
  peerTtlMs: PEER_TTL_MS,
  writeDelayMs: WRITE_DELAY_MS
}

/** The options with defaults. Throws an `InvalidParametersError` for those that cannot work. */
export function checkOptions(options: PeerStoreOptions): CheckedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const all = { ...DEFAULTS, ...given } as CheckedOptions
  if (!isPeerId(all.peerId)) throw new InvalidParametersError('a peer store needs the peer id of its node')
  for (const name of ['maxPeers', 'addressTtlMs', 'peerTtlMs', 'writeDelayMs'] as const) {
    if (!(all[name] > 0)) throw new InvalidParametersError(`${name} is a number over 0, not ${all[name]}`)
  }
  return all
}
