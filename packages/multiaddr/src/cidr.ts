import { isMultiaddr, type Multiaddr } from '@ts-libp2p/interface'
import { CODE_IP4, CODE_IP6, CODE_IPCIDR } from './codes.ts'
import { MultiaddrError } from './errors.ts'
import { hostIp } from './host.ts'
import { multiaddr } from './multiaddr.ts'
import { isInRange, parseRange, type Range } from './range.ts'
import { isMappedIp4 } from './values/ip.ts'

/**
 * A test for addresses whose IP address lies in a network, given as `/ip4/10.0.0.0/ipcidr/8` or `10.0.0.0/8`. Names
 * lie in none. IPv4-mapped IPv6 addresses lie where the IPv4 address does.
 *
 * Throws a `MultiaddrError` (`invalid-value`) when it is no network.
 *
 * @example
 * const isOurs = cidrFilter('10.0.0.0/8')
 * isOurs(multiaddr('/ip4/10.1.2.3/tcp/4001')) // true
 */
export function cidrFilter(network: Multiaddr | string): (ma: Multiaddr) => boolean {
  return rangeFilter(cidrText(network))
}

/** The same for a network that is surely text: `10.0.0.0/8`. */
export function rangeFilter(network: string): (ma: Multiaddr) => boolean {
  const net = parseNetwork(network)
  const takesMapped = net.network.byteLength === 16 && isMappedIp4(net.network, 0)
  return ma => {
    const ip = hostIp(ma)
    return ip !== undefined && (isInRange(ip, net) || (takesMapped && isInRange(mapped(ip), net)))
  }
}

function cidrText(network: Multiaddr | string): string {
  if (typeof network === 'string' && !network.startsWith('/')) return network
  const ma = isMultiaddr(network) ? network : multiaddr(network)
  const components = ma.getComponents()
  const ip = components.find(({ code }) => code === CODE_IP4 || code === CODE_IP6)
  const prefix = components.find(({ code }) => code === CODE_IPCIDR)
  if (ip === undefined || prefix === undefined) {
    throw new MultiaddrError('invalid-value', `${ma} has no /ip4 or /ip6 with an /ipcidr`)
  }
  return `${ip.value}/${prefix.value}`
}

function mapped(ip: Uint8Array): Uint8Array {
  return ip.byteLength === 4 ? Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...ip) : ip
}

function parseNetwork(cidr: string): Range {
  const range = parseRange(cidr)
  if (range !== undefined) return range
  throw new MultiaddrError('invalid-value', `not a network: ${JSON.stringify(cidr)}`)
}
