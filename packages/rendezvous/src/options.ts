import { InvalidParametersError, isMultiaddr, isPeerId, type Multiaddr, type PeerId } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import * as limits from './limits.ts'
import { isNamespace } from './registry.ts'

export interface RendezvousOptions {
  /** Peers that run a rendezvous server: ids of known peers, or addresses, as text too. Default: none. */
  readonly points?: readonly (PeerId | Multiaddr | string)[]
  /** Where to be found, and to look for others. Default: none. */
  readonly namespaces?: readonly string[]
  /** Be found in the namespaces. Default true. */
  readonly isRegistering?: boolean
  /** Look for others in the namespaces. Default true. */
  readonly isDiscovering?: boolean
  /** Seconds that a registration lasts; it is renewed after half of them. Default 2 hours. */
  readonly ttlSeconds?: number
  /** Milliseconds between two looks at a namespace: a request to each point. Default 60,000. */
  readonly discoverIntervalMs?: number
  /** Milliseconds that one request may take, dialling included. Default 15,000. */
  readonly timeoutMs?: number
}

export interface CheckedOptions extends Required<RendezvousOptions> {
  readonly points: readonly (PeerId | Multiaddr)[]
}

export function checked(options: RendezvousOptions): CheckedOptions {
  const o = {
    namespaces: options.namespaces ?? [],
    isRegistering: options.isRegistering ?? true,
    isDiscovering: options.isDiscovering ?? true,
    ttlSeconds: options.ttlSeconds ?? limits.DEFAULT_TTL_SECONDS,
    discoverIntervalMs: options.discoverIntervalMs ?? limits.DISCOVER_INTERVAL_MS,
    timeoutMs: options.timeoutMs ?? limits.REQUEST_TIMEOUT_MS,
    points: (options.points ?? []).map(pointOf)
  }
  for (const name of ['ttlSeconds', 'discoverIntervalMs', 'timeoutMs'] as const) {
    if (!(Number.isFinite(o[name]) && o[name] > 0)) {
      throw new InvalidParametersError(`\`${name}\` must be above 0, not ${o[name]}`)
    }
  }
  checkCount('points', o.points.length, limits.MAX_POINTS)
  checkCount('namespaces', o.namespaces.length, limits.MAX_NAMESPACES)
  const bad = o.namespaces.find(ns => !isNamespace(ns, limits.MAX_NAMESPACE_BYTES))
  if (bad === undefined) return o
  throw new InvalidParametersError(
    `a namespace has 1 to ${limits.MAX_NAMESPACE_BYTES} bytes, which ${JSON.stringify(bad)} has not`
  )
}

function pointOf(point: PeerId | Multiaddr | string): PeerId | Multiaddr {
  if (isPeerId(point) || isMultiaddr(point)) return point
  try {
    return multiaddr(point)
  } catch (cause) {
    throw new InvalidParametersError(`the point ${JSON.stringify(point)} is not a multiaddr`, { cause })
  }
}

function checkCount(name: string, count: number, limit: number): void {
  if (count > limit) throw new InvalidParametersError(`there may be ${limit} ${name}, not ${count}`)
}
