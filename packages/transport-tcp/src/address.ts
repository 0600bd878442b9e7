import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_IPCIDR, CODE_UNIX, DNSADDR, fromNodeAddress, nodeAddress, TCP, UNIX } from '@ts-libp2p/multiaddr'
import { TcpError } from './errors.ts'

/** Where a socket connects or listens. */
export type SocketAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly family: 0 | 4 | 6 }

/** A host and a TCP port, or a unix socket, and at most a peer after it. `/dnsaddr` must be resolved first. */
export function isTcpAddress(ma: Multiaddr): boolean {
  if (UNIX.exactMatch(ma)) return true
  return TCP.exactMatch(ma) && !DNSADDR.matches(ma) && !ma.getComponents().some(c => c.code === CODE_IPCIDR)
}

/** Throws a `TcpError` (`unsupported-address`) for what `isTcpAddress` refuses. */
export function socketAddress(ma: Multiaddr): SocketAddress {
  if (!isTcpAddress(ma)) throw new TcpError('unsupported-address', `${ma} is no address for TCP or a unix socket`)
  const path = ma.getComponents().find(c => c.code === CODE_UNIX)?.value
  if (path !== undefined) return { path: path.startsWith('/') ? path : `/${path}` }
  const { host, port, family = 0 } = nodeAddress(ma)
  return { host, port, family }
}

/** The addresses at which a listening socket can be reached: of a wildcard, those of the interfaces. */
export function reachableAddresses(
  bound: AddressInfo,
  interfaces: typeof networkInterfaces = networkInterfaces
): Multiaddr[] {
  const { address, port } = bound
  if (address !== '0.0.0.0' && address !== '::') return [fromNodeAddress({ host: address, port }, 'tcp')]
  const family = address === '::' ? 'IPv6' : 'IPv4'
  return Object.values(interfaces())
    .flatMap(list => list ?? [])
    .filter(entry => entry.family === family && !isLinkLocal6(entry.address))
    .map(entry => fromNodeAddress({ host: entry.address, port }, 'tcp'))
}

/** Its zone is a name of this machine: nobody else can dial it. */
function isLinkLocal6(address: string): boolean {
  return /^fe[89ab]/i.test(address)
}
