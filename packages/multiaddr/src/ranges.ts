/**
 * Which addresses reach how far. What these look at is the first host: of an address through a relay, the relay's.
 * A name other than `localhost` is none of them, nor is an address without a host.
 */

import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_P2P_CIRCUIT } from './codes.ts'
import { hostIp, hostName, isLocalhost } from './host.ts'
import { spansOf } from './multiaddr.ts'
import { isInRange, parseRange, type Range } from './range.ts'

const LOOPBACK = ranges('127.0.0.0/8', '::1/128')
const LINK_LOCAL = ranges('169.254.0.0/16', 'fe80::/10')
const WILDCARD = ranges('0.0.0.0/32', '::/128')
const GLOBAL_UNICAST_6 = ranges('2000::/3')
const NAT64 = ranges('64:ff9b::/96')

/** Not reachable across the internet: the IANA special-purpose registries (RFC 6890) and multicast. */
const SPECIAL = ranges(
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // carrier-grade NAT, RFC 6598
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation, RFC 5737
  '192.88.99.0/24', // former 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks, RFC 2544
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '::/127', // unspecified and loopback
  '64:ff9b:1::/48', // local NAT64, RFC 8215
  '100::/64', // discard, RFC 6666
  '2001:2::/48', // benchmarks
  '2001:10::/28', // ORCHID
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation, RFC 9637
  '5f00::/16', // segment routing
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10',
  'fec0::/10', // former site-local
  'ff00::/8' // multicast
)

/** In a range that the internet does not route: private, loopback, link-local, CGNAT, documentation, multicast … */
export function isPrivate(ma: Multiaddr): boolean {
  return isIn(ma, SPECIAL) || isLocal(ma)
}

/** This machine: 127.0.0.0/8, ::1 and localhost names. */
export function isLoopback(ma: Multiaddr): boolean {
  return isIn(ma, LOOPBACK) || isLocal(ma)
}

/** 169.254.0.0/16 and fe80::/10 */
export function isLinkLocal(ma: Multiaddr): boolean {
  return isIn(ma, LINK_LOCAL)
}

/** 0.0.0.0 and ::, which listen on every interface. */
export function isWildcard(ma: Multiaddr): boolean {
  return isIn(ma, WILDCARD)
}

/** An IP address that the internet routes. */
export function isGlobalUnicast(ma: Multiaddr): boolean {
  const ip = effectiveIp(ma)
  if (ip === undefined || contains(SPECIAL, ip)) return false
  return ip.byteLength === 4 || contains(GLOBAL_UNICAST_6, ip)
}

/** Goes through a relay. */
export function isRelayed(ma: Multiaddr): boolean {
  return spansOf(ma).some(span => span.protocol.code === CODE_P2P_CIRCUIT)
}

function isIn(ma: Multiaddr, table: readonly Range[]): boolean {
  const ip = effectiveIp(ma)
  return ip !== undefined && contains(table, ip)
}

function isLocal(ma: Multiaddr): boolean {
  const name = hostName(ma)
  return name !== undefined && isLocalhost(name)
}

/** NAT64 (RFC 6052) leads to the IPv4 address inside. */
function effectiveIp(ma: Multiaddr): Uint8Array | undefined {
  const ip = hostIp(ma)
  return ip !== undefined && contains(NAT64, ip) ? ip.subarray(12) : ip
}

function contains(table: readonly Range[], ip: Uint8Array): boolean {
  return table.some(range => isInRange(ip, range))
}

/* @__NO_SIDE_EFFECTS__ */
function ranges(...cidrs: string[]): Range[] {
  return cidrs.map(cidr => parseRange(cidr) as Range)
}
