import type { Multiaddr } from '@ts-libp2p/interface'
import { CODE_IP4, CODE_IP6, isPrivate } from '@ts-libp2p/multiaddr'

/**
 * The part of the internet that an address is in, about as large as one operator has: a /16 of IPv4, a /32 of IPv6.
 * Undefined for names, and for addresses that lead nowhere else but here.
 */
export function networkOf(ma: Multiaddr): string | undefined {
  const bytes = ma.bytes
  if (isPrivate(ma)) return undefined
  // The code takes one byte in both, and the address follows.
  if (bytes[0] === CODE_IP4) return `4 ${bytes.subarray(1, 3)}`
  return bytes[0] === CODE_IP6 ? `6 ${bytes.subarray(1, 5)}` : undefined
}
