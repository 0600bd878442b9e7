import type { PeerId, PeerStore, Undo } from '@ts-libp2p/interface'
import { leastValuable } from '#least-valuable'
import type { SwarmConnection } from './connection.ts'
import type { PrunePolicy } from './pruning.ts'

export interface PrunerInit {
  readonly policy: PrunePolicy
  readonly now: () => number
  readonly peerStore: PeerStore
  readonly connections: () => readonly SwarmConnection[]
  /** Told of what was closed, once it is. */
  readonly pruned: (connections: SwarmConnection[]) => void
  readonly failed: (err: unknown) => void
}

/** Closes the least valuable connections when there are too many. What they are worth is in the tags of their peers. */
export class Pruner {
  private readonly init: PrunerInit
  private readonly protections = new Map<string, Set<string>>()
  private isDue = false

  constructor(init: PrunerInit) {
    this.init = init
  }

  /** Keeps the peer's connections from being closed until every tag is taken off again. */
  protect(peer: PeerId, tag: string): Undo {
    const key = peer.toString()
    const tags = this.protections.get(key) ?? new Set()
    this.protections.set(key, tags.add(tag))
    return () => {
      tags.delete(tag)
      if (tags.size === 0) this.protections.delete(key)
    }
  }

  /** To be called when there may be too many. */
  schedule(): void {
    if (this.isDue || this.open().length <= this.init.policy.maxConnections) return
    this.isDue = true
    this.prune().then(
      pruned => {
        this.isDue = false
        // More may have come meanwhile; when none could be closed, none can be now.
        if (pruned > 0) this.schedule()
      },
      err => {
        this.isDue = false
        this.init.failed(err)
      }
    )
  }

  /** Those that are being closed make room already: a flood must not wait behind peers that take their time to close. */
  private open(): SwarmConnection[] {
    return this.init.connections().filter(connection => connection.status === 'open')
  }

  /** Begins to close what is too much. Returns how many. */
  private async prune(): Promise<number> {
    const { policy, now, peerStore, pruned } = this.init
    const isProtected = (peer: PeerId): boolean => this.protections.has(peer.toString())
    const chosen = await leastValuable({ open: this.open(), policy, now: now(), peerStore, isProtected })
    if (chosen.length === 0) return 0
    Promise.allSettled(chosen.map(connection => connection.close())).then(() => pruned(chosen))
    return chosen.length
  }
}
