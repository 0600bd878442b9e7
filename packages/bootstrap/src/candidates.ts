import type { AbortOptions, Multiaddr, PeerId, PeerInfo } from '@ts-libp2p/interface'
import { peerIdOf, type Resolver } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { MAX_CANDIDATES } from './limits.ts'

/** The peers behind addresses, `dnsaddr` names resolved, in the order given. `onError` hears of names that lead nowhere. */
export async function candidates(
  addresses: readonly Multiaddr[],
  resolver: Resolver,
  onError: (address: Multiaddr, error: unknown) => void,
  { signal }: AbortOptions
): Promise<PeerInfo[]> {
  const resolved = await Promise.all(
    addresses.map(async address => {
      if (address.getComponents()[0]?.name !== 'dnsaddr') return [address]
      try {
        return await resolver.resolve(address, { signal })
      } catch (error) {
        signal?.throwIfAborted()
        onError(address, error)
        return []
      }
    })
  )
  return byPeer(resolved.flat().slice(0, MAX_CANDIDATES))
}

function byPeer(addresses: readonly Multiaddr[]): PeerInfo[] {
  const peers = new Map<string, PeerInfo>()
  for (const address of addresses) {
    const id = idIn(address)
    if (id === undefined) continue
    const peer = peers.get(String(id)) ?? { id, multiaddrs: [] }
    peer.multiaddrs.push(address)
    peers.set(String(id), peer)
  }
  return [...peers.values()]
}

function idIn(address: Multiaddr): PeerId | undefined {
  const text = peerIdOf(address)
  try {
    return text === undefined ? undefined : peerIdFromString(text)
  } catch {
    return undefined
  }
}
