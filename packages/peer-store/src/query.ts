import type { Peer, PeerQuery } from '@ts-libp2p/interface'

/** The peers that a query asks for. As in the ecosystem, several orders sort one after the other: the last one rules. */
export function select(peers: readonly Peer[], query: PeerQuery): Peer[] {
  const { filters = [], orders = [], offset = 0, limit = Number.POSITIVE_INFINITY } = query
  const found = peers.filter(peer => filters.every(filter => filter(peer)))
  for (const order of orders) found.sort(order)
  return found.slice(offset, offset + limit)
}
