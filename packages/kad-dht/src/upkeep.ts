import type { Undo } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Core } from './core.ts'
import { MAX_REFRESHED_PREFIX, REPROVIDE_CHECKS, SWEEP_MS } from './limits.ts'
import { nameInBucket } from './prefix-keys.ts'
import { getClosestPeers } from './query/find-peers.ts'
import { QueryLog } from './query/query.ts'
import { Reprovider } from './reprovide/reprovider.ts'

/** What a DHT node does by itself: looks itself up, looks into its buckets, lets go of what has expired. */
export class Upkeep {
  private readonly core: Core
  private readonly reprovider: Reprovider
  private readonly timers = new Map<string, Undo>()
  private isStarted = false
  private refreshing: Promise<void> | undefined

  constructor(core: Core) {
    this.core = core
    this.reprovider = new Reprovider(core)
  }

  start(): void {
    const { options } = this.core
    this.isStarted = true
    this.every('sweep', SWEEP_MS, () => this.sweep())
    this.every('reprovide', options.reprovide.interval / REPROVIDE_CHECKS, () => this.quietly(this.reprovide()))
    this.every('refresh', options.refreshInterval, () => this.quietly(this.refresh()))
    this.every('self', options.querySelfInterval, () => this.quietly(this.lookUpSelf()))
    this.quietly(this.whenFilled())
  }

  stop(): void {
    this.isStarted = false
    for (const stop of this.timers.values()) stop()
    this.timers.clear()
  }

  /** Looks up our own id, then a key in every bucket whose peers that does not find. One at a time. */
  refresh(signal?: AbortSignal): Promise<void> {
    this.refreshing ??= this.refreshAll(signal).finally(() => {
      this.refreshing = undefined
    })
    return this.refreshing
  }

  private async refreshAll(signal?: AbortSignal): Promise<void> {
    await this.lookUpSelf(signal)
    const { table, random } = this.core
    const last = Math.min(MAX_REFRESHED_PREFIX, table.lastCrowded)
    for (let prefixLength = 0; prefixLength <= last; prefixLength++) {
      await this.lookUp(nameInBucket(table.self, prefixLength, random.float()), signal)
    }
  }

  /** Announces again what is due. */
  async reprovide(signal?: AbortSignal): Promise<void> {
    const scope = this.core.begin(signal)
    try {
      await this.reprovider.run(scope.signal)
    } finally {
      scope.end()
    }
  }

  private lookUpSelf(signal?: AbortSignal): Promise<void> {
    return this.lookUp(peerIdToBytes(this.core.self().id), signal)
  }

  private async lookUp(key: Uint8Array, signal?: AbortSignal): Promise<void> {
    const scope = this.core.begin(signal)
    try {
      for await (const _ of getClosestPeers(this.core, key, new QueryLog(), scope.signal));
    } finally {
      scope.end()
    }
  }

  /** The first lookups fill the table. */
  private async whenFilled(): Promise<void> {
    const { signal, end } = this.core.begin()
    try {
      await this.core.firstPeer(signal)
    } finally {
      end()
    }
    if (!this.isStarted) return
    this.once('first', this.core.options.initialQuerySelfInterval, () => this.quietly(this.refresh()))
  }

  private sweep(): void {
    const now = this.core.clock.now()
    this.core.providers.sweep(now)
    this.core.values.sweep(now)
  }

  private every(name: string, ms: number, job: () => void): void {
    this.once(name, ms, () => {
      this.every(name, ms, job)
      job()
    })
  }

  private once(name: string, ms: number, job: () => void): void {
    this.timers.get(name)?.()
    this.timers.set(name, this.core.clock.after(ms, job))
  }

  private quietly(work: Promise<void>): void {
    work.catch(err => this.core.log.trace('upkeep was cut short - %e', err))
  }
}
