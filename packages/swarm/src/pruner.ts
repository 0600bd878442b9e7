import type { PeerId, PeerStore, Undo } from '@ts-libp2p/interface'
import { choosePruned } from '#pruning'
import type { SwarmConnection } from './connection.ts'
import { hostOf } from './host.ts'
import type { PruneCandidate, PrunePolicy } from './pruning.ts'

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
    const candidates = await Promise.all(this.open().map(connection => this.candidate(connection)))
    const chosen = await choosePruned(candidates, this.init.policy, this.init.now())
    if (chosen.length === 0) return 0
    Promise.allSettled(chosen.map(connection => connection.close())).then(() => this.init.pruned(chosen))
    return chosen.length
  }

  private async candidate(connection: SwarmConnection): Promise<PruneCandidate<SwarmConnection>> {
    const peer = connection.remotePeer
    const tags = await this.tagsOf(peer)
    return {
      id: connection,
      value: tags.reduce((sum, [, value]) => sum + value, 0),
      host: hostOf(connection.remoteAddr),
      openedAt: connection.timeline.open,
      streams: connection.streams.length,
      direction: connection.direction,
      isProtected: this.protections.has(peer.toString()) || tags.some(([name]) => name.startsWith('keep-alive'))
    }
  }

  private async tagsOf(peer: PeerId): Promise<[string, number][]> {
    try {
      const { tags } = await this.init.peerStore.get(peer)
      return [...tags].map(([name, tag]) => [name, tag.value])
    } catch {
      // An unknown peer has no tags.
      return []
    }
  }
}
