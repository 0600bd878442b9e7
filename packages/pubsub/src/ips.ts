import { toHex } from '@ts-libp2p/bytes'
import type { Connection, Multiaddr } from '@ts-libp2p/interface'
import { CODE_IP4, CODE_IP6, isLoopback, multiaddr } from '@ts-libp2p/multiaddr'

const PREFIX_BYTES = 8

/**
 * Where a peer is connected from: for IPv6 its address and the /64 network, of which one household or server has all.
 * Loopback is left out, as go-libp2p-pubsub does: many nodes there are a test, not an attack.
 */
export function ipsOf(connections: readonly Connection[]): string[] {
  return [...new Set(connections.flatMap(({ remoteAddr }) => (isLoopback(remoteAddr) ? [] : ipsIn(remoteAddr))))]
}

function ipsIn(address: Multiaddr): string[] {
  const host = address.getComponents().find(({ code }) => code === CODE_IP4 || code === CODE_IP6)
  if (host?.value === undefined) return []
  if (host.code === CODE_IP4) return [host.value]
  const { bytes } = multiaddr(`/ip6/${host.value}`)
  return [host.value, `${toHex(bytes.subarray(1, 1 + PREFIX_BYTES))}/64`]
}
