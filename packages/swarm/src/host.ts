import type { Multiaddr } from '@ts-libp2p/interface'

const IP6_CODE = 0x29
const NETWORK_BYTES = 8

/**
 * Who is behind an address, where limits count by host: the first part of it, and of an IPv6 address the first 64 bits.
 * One machine has all the addresses of such a network to choose from. go-libp2p limits by /56 for the same reason.
 */
export function hostOf(address: Multiaddr): string {
  const [first] = address.getComponents()
  if (first?.name !== 'ip6' || address.bytes[0] !== IP6_CODE) return first?.value ?? ''
  const network = address.bytes.subarray(1, 1 + NETWORK_BYTES)
  return `${Array.from(network, byte => byte.toString(16).padStart(2, '0')).join('')}/64`
}
