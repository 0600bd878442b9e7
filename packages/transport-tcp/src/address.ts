import type { AddressInfo } from 'node:net'
import nodeOs from 'node:os'
import type { Multiaddr } from '@ts-libp2p/interface'
import {
  CODE_IPCIDR,
  CODE_UNIX,
  DNSADDR,
  fromNodeAddress,
  missingZone,
  nodeAddress,
  type OperatingSystem,
  reachableHosts,
  TCP,
  UNIX
} from '@ts-libp2p/multiaddr'
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

/**
 * Throws a `TcpError`: `unsupported-address` for what `isTcpAddress` refuses, `unknown-zone` for a link-local address
 * whose zone is no interface of this machine.
 */
export function socketAddress(ma: Multiaddr, os: OperatingSystem = nodeOs): SocketAddress {
  if (!isTcpAddress(ma)) throw new TcpError('unsupported-address', `${ma} is no address for TCP or a unix socket`)
  const path = ma.getComponents().find(c => c.code === CODE_UNIX)?.value
  if (path !== undefined) return { path: path.startsWith('/') ? path : `/${path}` }
  const { host, port, family = 0 } = nodeAddress(ma)
  const problem = missingZone(host, os)
  if (problem !== undefined) throw new TcpError('unknown-zone', `${ma} is not on a link of this machine: ${problem}`)
  return { host, port, family }
}

/** The addresses at which a listening socket can be reached: of a wildcard, those of the interfaces. */
export function reachableAddresses({ address, port }: AddressInfo): Multiaddr[] {
  return reachableHosts(address, nodeOs).map(host => fromNodeAddress({ host, port }, 'tcp'))
}
