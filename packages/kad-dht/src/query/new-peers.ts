import type { PeerInfo } from '@ts-libp2p/interface'

/** Those not told of before: at all, or not with an address. */
export class NewPeers {
  private readonly told = new Map<string, boolean>()

  of(peers: readonly PeerInfo[]): PeerInfo[] {
    return peers.filter(({ id, multiaddrs }) => {
      const name = id.toString()
      const hasAddress = multiaddrs.length > 0
      if (this.told.get(name) === true || (this.told.has(name) && !hasAddress)) return false
      this.told.set(name, hasAddress)
      return true
    })
  }
}
