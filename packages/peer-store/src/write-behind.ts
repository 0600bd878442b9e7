import type { Clock, PeerId, Undo } from '@ts-libp2p/interface'
import { PeerStoreError } from './errors.ts'
import { MAX_FAILURES_PER_ROUND, MAX_PENDING_DELETIONS, MAX_RETRY_DELAY_MS, MAX_WRITE_BATCH } from './limits.ts'

export interface WriteBehindOptions {
  readonly clock: Clock
  readonly delayMs: number
  /** Writes what is known now of these peers, all or nothing where the datastore can; deletes those unknown. */
  readonly write: (peers: readonly PeerId[]) => Promise<void>
  readonly onError: (error: PeerStoreError) => void
}

interface Pending {
  readonly key: string
  readonly id: PeerId
  /** The line it was taken from. */
  readonly line: Map<string, PeerId>
}

/**
 * Remembers which peers changed and has them written, some at a time and one batch after the other, so that a later
 * state of a peer is never overtaken by an earlier one. A peer that changes often is written once.
 *
 * When a write fails, its peers go to the end of the line and the batch shrinks: in the end the one entry that the
 * datastore refuses fails alone and the others are written.
 */
export class WriteBehind {
  /** Peers to write, in the order of their first change; no more than are in memory. */
  private readonly changed = new Map<string, PeerId>()
  private readonly removed = new Map<string, PeerId>()
  private readonly options: WriteBehindOptions
  private undoTimer: Undo | undefined
  private round: Promise<void> | undefined
  private retryDelayMs: number
  private isPaused = false

  constructor(options: WriteBehindOptions) {
    this.options = options
    this.retryDelayMs = options.delayMs
  }

  /** Peers whose last change is not in the datastore. */
  get pending(): number {
    return this.changed.size + this.removed.size
  }

  change(key: string, id: PeerId): void {
    this.removed.delete(key)
    if (!this.changed.has(key)) this.changed.set(key, id)
    this.schedule(this.options.delayMs)
  }

  remove(key: string, id: PeerId): void {
    this.changed.delete(key)
    this.removed.set(key, id)
    if (this.removed.size > MAX_PENDING_DELETIONS) this.forgetDeletion()
    this.schedule(this.options.delayMs)
  }

  /** Writes all that changed until now. Rejects with a `PeerStoreError` (`write-failed`) unless all of it was taken. */
  async flush(): Promise<void> {
    while (this.round !== undefined) await this.round.catch(() => {})
    await this.startRound()
  }

  /** Sets no timers until `resume`. */
  pause(): void {
    this.isPaused = true
    this.cancelTimer()
  }

  resume(): void {
    this.isPaused = false
    if (this.pending > 0) this.schedule(this.options.delayMs)
  }

  private schedule(delayMs: number): void {
    if (this.isPaused || this.undoTimer !== undefined || this.round !== undefined) return
    this.undoTimer = this.options.clock.after(delayMs, () => {
      this.undoTimer = undefined
      this.startRound().catch(this.options.onError)
    })
  }

  private cancelTimer(): void {
    this.undoTimer?.()
    this.undoTimer = undefined
  }

  private startRound(): Promise<void> {
    this.cancelTimer()
    this.round = this.writeRound().finally(() => {
      this.round = undefined
      if (this.pending > 0) this.schedule(this.retryDelayMs)
    })
    return this.round
  }

  private async writeRound(): Promise<void> {
    const failures: unknown[] = []
    let size = MAX_WRITE_BATCH
    let left = this.pending
    const refused: Pending[] = []
    while (left > 0 && failures.length < MAX_FAILURES_PER_ROUND) {
      const batch = this.take(Math.min(size, left))
      try {
        await this.options.write(batch.map(({ id }) => id))
        left -= batch.length
      } catch (error) {
        failures.push(error)
        size = Math.max(1, Math.floor(size / 4))
        if (batch.length > 1) {
          this.putBack(batch)
          continue
        }
        refused.push(...batch)
        left--
      }
    }
    this.putBack(refused)
    this.settle(failures, left + refused.length)
  }

  private settle(failures: readonly unknown[], unwritten: number): void {
    if (unwritten === 0) {
      this.retryDelayMs = this.options.delayMs
      return
    }
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS)
    const message = `the datastore did not take the changes of ${unwritten} peers; next try in ${this.retryDelayMs} ms`
    throw new PeerStoreError('write-failed', message, { cause: failures.at(-1) })
  }

  private take(count: number): Pending[] {
    const batch: Pending[] = []
    for (const line of [this.changed, this.removed]) {
      for (const [key, id] of line) {
        if (batch.length === count) return batch
        batch.push({ key, id, line })
        line.delete(key)
      }
    }
    return batch
  }

  /** At the end of their lines, unless they changed again meanwhile. */
  private putBack(batch: readonly Pending[]): void {
    for (const { key, id, line } of batch) {
      if (!this.changed.has(key) && !this.removed.has(key)) line.set(key, id)
    }
  }

  private forgetDeletion(): void {
    const [key, id] = this.removed.entries().next().value as [string, PeerId]
    this.removed.delete(key)
    const message = `more than ${MAX_PENDING_DELETIONS} deletions wait for the datastore: ${id} stays in it`
    this.options.onError(new PeerStoreError('write-failed', message))
  }
}
