import { InvalidParametersError, isMultiaddr, type Multiaddr } from '@ts-libp2p/interface'
import { createResolver, multiaddr, peerIdOf, type Resolver } from '@ts-libp2p/multiaddr'
import type { Datastore } from 'interface-datastore'
import * as limits from './limits.ts'

export interface BootstrapOptions {
  /**
   * Where to begin: addresses that name their peer (`…/p2p/12D3Koo…`), or `dnsaddr` names (`/dnsaddr/bootstrap.libp2p.io`).
   * At most 256. Default: none, for those who only want the cache.
   */
  readonly peers?: readonly (string | Multiaddr)[]
  /** Where the user's edits and the peers that proved themselves survive a restart. Default: in memory only. */
  readonly datastore?: Datastore
  /** Peers to be connected to before there is nothing to do. Default 4. */
  readonly minPeers?: number
  /** Milliseconds between two looks at how many are connected. Default 30,000. */
  readonly checkIntervalMs?: number
  /** Milliseconds that dialling one peer may take. Default 15,000. */
  readonly dialTimeoutMs?: number
  /** How peers from the list are tagged in the peer store: 50 for 2 minutes, as js-libp2p does. */
  readonly tag?: { readonly name?: string; readonly value?: number; readonly ttlMs?: number }
  /** Resolves `dnsaddr` names. Default: the system's resolver in Node, nobody in a browser. */
  readonly resolver?: Resolver
}

export interface CheckedOptions {
  readonly peers: readonly Multiaddr[]
  readonly datastore: Datastore | undefined
  readonly minPeers: number
  readonly checkIntervalMs: number
  readonly dialTimeoutMs: number
  readonly tag: { readonly name: string; readonly value: number; readonly ttlMs: number }
  readonly resolver: Resolver
}

export function checked(options: BootstrapOptions): CheckedOptions {
  const o: CheckedOptions = {
    peers: (options.peers ?? []).map(checkedAddress),
    datastore: options.datastore,
    minPeers: options.minPeers ?? limits.MIN_PEERS,
    checkIntervalMs: options.checkIntervalMs ?? limits.CHECK_INTERVAL_MS,
    dialTimeoutMs: options.dialTimeoutMs ?? limits.DIAL_TIMEOUT_MS,
    tag: { name: 'bootstrap', value: 50, ttlMs: 120_000, ...options.tag },
    resolver: options.resolver ?? createResolver({ keepNames: true })
  }
  for (const name of ['minPeers', 'checkIntervalMs', 'dialTimeoutMs'] as const) {
    if (!(Number.isFinite(o[name]) && o[name] > 0)) {
      throw new InvalidParametersError(`\`${name}\` must be above 0, not ${o[name]}`)
    }
  }
  if (o.peers.length <= limits.MAX_LISTED) return o
  throw new InvalidParametersError(`there may be ${limits.MAX_LISTED} bootstrap peers, not ${o.peers.length}`)
}

/** Throws an `InvalidParametersError` for what names no peer and is not to be resolved to one. */
export function checkedAddress(given: string | Multiaddr): Multiaddr {
  const address = parsed(given)
  const isName = address.getComponents()[0]?.name === 'dnsaddr'
  if (isName || peerIdOf(address) !== undefined) return address
  throw new InvalidParametersError(`${address} names no peer: append /p2p/ and its id`)
}

function parsed(given: string | Multiaddr): Multiaddr {
  if (isMultiaddr(given)) return given
  try {
    return multiaddr(given)
  } catch (cause) {
    throw new InvalidParametersError(`the bootstrap peer ${JSON.stringify(given)} is not a multiaddr`, { cause })
  }
}
