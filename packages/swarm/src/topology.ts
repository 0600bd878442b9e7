import type { Connection, Logger, PeerId, Topology, Undo } from '@ts-libp2p/interface'

interface Watch {
  readonly protocol: string
  readonly topology: Topology
  /** Peers that it was told of. */
  readonly told: Map<string, PeerId>
}

/** Tells those who watch a protocol which connected peers speak it. */
export class Topologies {
  private readonly watches = new Set<Watch>()
  private readonly log: Logger

  constructor(log: Logger) {
    this.log = log
  }

  add(
    protocol: string,
    topology: Topology
  ): { undo: Undo; watch: (peer: PeerId, protocols: readonly string[], connection: Connection) => void } {
    const watch: Watch = { protocol, topology, told: new Map() }
    this.watches.add(watch)
    return {
      undo: () => this.watches.delete(watch),
      watch: (peer, protocols, connection) => this.update(watch, peer, protocols, connection)
    }
  }

  /** A connected peer was identified, or its protocols changed. */
  peerSpeaks(peer: PeerId, protocols: readonly string[], connection: Connection): void {
    for (const watch of this.watches) this.update(watch, peer, protocols, connection)
  }

  peerGone(peer: PeerId): void {
    for (const watch of this.watches) this.forget(watch, peer)
  }

  private update(watch: Watch, peer: PeerId, protocols: readonly string[], connection: Connection): void {
    const key = peer.toString()
    const speaks = protocols.includes(watch.protocol)
    if (!speaks) {
      this.forget(watch, peer)
      return
    }
    if (watch.told.has(key) || watch.topology.filter?.has(peer) === true) return
    if (connection.limits !== undefined && watch.topology.notifyOnLimitedConnection !== true) return
    watch.told.set(key, peer)
    watch.topology.filter?.add(peer)
    this.call(() => watch.topology.onConnect?.(peer, connection))
  }

  private forget(watch: Watch, peer: PeerId): void {
    if (!watch.told.delete(peer.toString())) return
    watch.topology.filter?.remove(peer)
    this.call(() => watch.topology.onDisconnect?.(peer))
  }

  private call(fn: () => void | Promise<void>): void {
    const failed = (err: unknown): void => this.log.error('a topology callback failed - %e', err)
    try {
      Promise.resolve(fn()).catch(failed)
    } catch (err) {
      failed(err)
    }
  }
}
