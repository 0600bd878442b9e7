import type { PeerId } from '@ts-libp2p/interface'
import type { SwarmConnection } from './connection.ts'

/** The open connections, by peer. */
export class ConnectionTable {
  private readonly byPeer = new Map<string, SwarmConnection[]>()
  private count = 0

  get size(): number {
    return this.count
  }

  /** True when it is the first connection to its peer. */
  add(connection: SwarmConnection): boolean {
    const key = connection.remotePeer.toString()
    const list = this.byPeer.get(key)
    this.byPeer.set(key, [...(list ?? []), connection])
    this.count++
    return list === undefined
  }

  /** True when it was the last connection to its peer. */
  remove(connection: SwarmConnection): boolean {
    const key = connection.remotePeer.toString()
    const list = this.byPeer.get(key) ?? []
    if (!list.includes(connection)) return false
    this.count--
    const left = list.filter(c => c !== connection)
    if (left.length > 0) this.byPeer.set(key, left)
    else this.byPeer.delete(key)
    return left.length === 0
  }

  has(connection: SwarmConnection): boolean {
    return this.byPeer.get(connection.remotePeer.toString())?.includes(connection) === true
  }

  of(peer: PeerId): readonly SwarmConnection[] {
    return this.byPeer.get(peer.toString()) ?? []
  }

  /** The connection to use for a peer: open, direct before relayed, the oldest first. */
  best(peer: PeerId): SwarmConnection | undefined {
    const open = this.of(peer).filter(c => c.status === 'open')
    return open.find(c => c.limits === undefined) ?? open[0]
  }

  all(): SwarmConnection[] {
    return [...this.byPeer.values()].flat()
  }

  peers(): PeerId[] {
    return [...this.byPeer.values()].map(list => (list[0] as SwarmConnection).remotePeer)
  }
}
