import type { Multiaddr } from '@ts-libp2p/interface'
import { isLinkLocal, isLoopback, isPrivate, isRelayed, isWildcard, nodeAddress } from '@ts-libp2p/multiaddr'
import { MAX_TXT_BYTES } from './limits.ts'

/** The network interface that something is told on, or was heard on, with our own addresses there. */
export interface Network {
  /** Unique: the interface and the family, e.g. `eth0/4`. */
  readonly id: string
  readonly isLoopback: boolean
  readonly addresses: readonly string[]
  /** Our addresses on interfaces that we could not join, or not yet. Default none. */
  readonly elsewhere?: readonly string[]
}

/** Where the peers of a network can reach us: the addresses to tell there. */
export function tellable(addresses: readonly Multiaddr[], network: Network, own: ReadonlySet<string>): Multiaddr[] {
  return addresses.filter(ma => {
    const ip = ipOf(ma)
    if (ip === undefined || isRelayed(ma) || `dnsaddr=${ma}`.length > MAX_TXT_BYTES) return false
    if (network.isLoopback) return own.has(ip) || isLoopback(ma)
    if (network.addresses.includes(ip)) return true
    // Another of our networks: not theirs. Any other private address may be what a router forwards.
    return !own.has(ip) && isPrivate(ma) && !isLoopback(ma)
  })
}

/**
 * Whether an address that was heard of on a local network may be one of that network. Unauthenticated answers would have
 * us dial anybody otherwise: on the internet only the machine that told of it is believed, and of this machine only one
 * that is on it.
 */
export function isBelievable(ma: Multiaddr, source: { readonly ip: string; readonly isOurs: boolean }): boolean {
  const ip = ipOf(ma)
  if (ip === undefined || isRelayed(ma)) return false
  if (isLoopback(ma)) return source.isOurs
  return isPrivate(ma) || ip === source.ip
}

/** The host of an address of a host and port, if it is a usable IP address. */
function ipOf(ma: Multiaddr): string | undefined {
  try {
    const { host, port, family } = nodeAddress(ma)
    const isIp = family === 4 ? /^[\d.]+$/.test(host) : family === 6 && host.includes(':')
    if (!isIp || port === 0 || isWildcard(ma) || isLinkLocal(ma) || isGroup(host)) return undefined
    return host
  } catch {
    return undefined
  }
}

/** Multicast, broadcast and what is reserved for nobody. */
function isGroup(ip: string): boolean {
  return ip.includes(':') ? /^ff/i.test(ip) : Number.parseInt(ip, 10) >= 224 || ip.startsWith('0.')
}
