import type { Multiaddr } from '@ts-libp2p/interface'
import { isGlobalUnicast } from '@ts-libp2p/multiaddr'

const CODE_IP4 = 4
const CODE_IP6 = 41

/** How many bytes of an address its neighbours share. */
export interface GroupWidth {
  readonly ip4Bytes: number
  readonly ip6Bytes: number
}

/** What one operator gets: an IPv4 /16, an IPv6 /32. go-libp2p's groups, but for IPv6, where it needs a table of ASNs. */
export const OPERATOR: GroupWidth = { ip4Bytes: 2, ip6Bytes: 4 }

/** What one customer gets: an IPv4 /24, an IPv6 /48. */
export const CUSTOMER: GroupWidth = { ip4Bytes: 3, ip6Bytes: 6 }

/**
 * The network that an address belongs to, as text. Undefined for names, and for addresses that are not on the internet:
 * a private network may well be all of one group.
 */
export function groupOf(address: Multiaddr, { ip4Bytes, ip6Bytes }: GroupWidth): string | undefined {
  if (!isGlobalUnicast(address)) return undefined
  const { bytes } = address
  if (bytes[0] === CODE_IP4) return bytes.subarray(1, 1 + ip4Bytes).join('.')
  if (bytes[0] !== CODE_IP6) return undefined
  const ip = bytes.subarray(1, 17)
  // One network must not become two by being written in another way.
  return isMapped(ip) ? ip.subarray(12, 12 + ip4Bytes).join('.') : ip.subarray(0, ip6Bytes).join(':')
}

function isMapped(ip: Uint8Array): boolean {
  return ip[10] === 0xff && ip[11] === 0xff && ip.subarray(0, 10).every(byte => byte === 0)
}

/** The networks of several addresses, each once. */
export function groupsOf(addresses: readonly Multiaddr[], width: GroupWidth): string[] {
  const groups = new Set<string>()
  for (const address of addresses) {
    const group = groupOf(address, width)
    if (group !== undefined) groups.add(group)
  }
  return [...groups]
}
