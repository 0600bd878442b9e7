import type { Connection, Multiaddr, PeerId } from '@ts-libp2p/interface'
import { isLoopback, isPrivate, isRelayed, isWildcard, multiaddr, peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'

/**
 * The address where the peer says it sees us, if that can be: the same kind of transport as the connection, not through
 * a relay, and not less public than the address where we see the peer. It is still only what the peer says.
 */
export function plausibleObservedAddr(
  observed: Multiaddr,
  connection: Connection,
  self: PeerId
): Multiaddr | undefined {
  const remoteAddr = observedAddrOf(connection)
  if (remoteAddr === undefined || isRelayed(observed)) return undefined
  const target = peerIdOf(observed)
  if (target !== undefined && target !== self.toString()) return undefined
  const address = withoutPeerId(observed)
  if (isWildcard(address) || hasPortZero(address)) return undefined
  if (kindOf(address) !== kindOf(remoteAddr) || !sameFamily(address, remoteAddr)) return undefined
  return publicity(address) >= publicity(remoteAddr) ? address : undefined
}

/** Where we see the peer, for it to know; undefined where that says nothing about it. */
export function observedAddrOf(connection: Connection): Multiaddr | undefined {
  const remoteAddr = readable(connection.remoteAddr)
  if (remoteAddr === undefined || !connection.direct || isRelayed(remoteAddr)) return undefined
  const address = withoutPeerId(remoteAddr)
  return address.bytes.byteLength > 0 ? address : undefined
}

/** Undefined for another implementation's address with protocols that we have not heard of. */
function readable(ma: Multiaddr): Multiaddr | undefined {
  try {
    return multiaddr(ma)
  } catch {
    return undefined
  }
}

/** The transport, by the names of its protocols. Hosts differ, as do TLS ends: one side may see a proxy in front. */
function kindOf(ma: Multiaddr): string {
  const names = ma.getComponents().map(({ name }) => (name === 'wss' ? 'ws' : name))
  return names.filter(name => !NOT_OF_THE_KIND.has(name)).join('/')
}

const NOT_OF_THE_KIND: ReadonlySet<string> = new Set([
  ...['ip4', 'ip6', 'ip6zone', 'dns', 'dns4', 'dns6', 'dnsaddr'],
  ...['tls', 'sni', 'certhash', 'http-path']
])

function sameFamily(a: Multiaddr, b: Multiaddr): boolean {
  const families = [a, b].map(ma => ma.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.name)
  return families[0] === families[1] || families.includes(undefined)
}

function hasPortZero(ma: Multiaddr): boolean {
  return ma.getComponents().some(({ name, value }) => (name === 'tcp' || name === 'udp') && value === '0')
}

/** 0: this machine, 1: a private network, 2: the internet, or no host at all. */
function publicity(ma: Multiaddr): number {
  if (isLoopback(ma)) return 0
  return isPrivate(ma) ? 1 : 2
}
