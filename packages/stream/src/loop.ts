import type { Clock, Random, Undo } from '@ts-libp2p/interface'

export interface LoopOptions {
  readonly clock: Clock
  readonly random: Pick<Random, 'float'>
  /** One round. Resolves with the milliseconds until the next; rejects to be tried again sooner. */
  readonly run: (signal: AbortSignal) => Promise<number>
  readonly onError: (error: unknown) => void
  /** Milliseconds before a failed round is tried again; doubled with each failure in a row. */
  readonly firstRetryMs: number
  /** The longest that it waits after a failure. */
  readonly maxRetryMs: number
}

/** A job that is done again and again, one round at a time. Failed rounds back off, by a random part of their delay. */
export class Loop {
  private readonly options: LoopOptions
  private controller: AbortController | undefined
  private undoTimer: Undo | undefined
  private dueAt = 0
  private isRunning = false
  /** When a round is wanted that cannot begin before the one under way has ended. */
  private wantedAt: number | undefined
  private failures = 0

  constructor(options: LoopOptions) {
    this.options = options
  }

  /** The first round begins after `delayMs`. */
  start(delayMs = 0): void {
    if (this.controller !== undefined) return
    this.controller = new AbortController()
    this.failures = 0
    this.schedule(delayMs)
  }

  /** Aborts the round under way, and begins no other. */
  stop(reason: Error): void {
    const controller = this.controller
    this.controller = undefined
    this.wantedAt = undefined
    this.cancelTimer()
    controller?.abort(reason)
  }

  /** Does the next round in `delayMs`, but not before the one under way has ended, and not later than it would have been. */
  poke(delayMs = 0): void {
    if (this.controller === undefined) return
    if (this.isRunning) this.want(delayMs)
    else this.schedule(delayMs)
  }

  private schedule(delayMs: number): void {
    const at = this.options.clock.now() + delayMs
    if (this.undoTimer !== undefined && this.dueAt <= at) return
    this.cancelTimer()
    this.dueAt = at
    this.undoTimer = this.options.clock.after(delayMs, () => {
      this.undoTimer = undefined
      // Of a run that was stopped a round may still be under way.
      if (this.isRunning) this.want(0)
      else void this.round()
    })
  }

  private cancelTimer(): void {
    this.undoTimer?.()
    this.undoTimer = undefined
  }

  private async round(): Promise<void> {
    const { controller } = this
    if (controller === undefined) return
    this.isRunning = true
    const delayMs = await this.outcome(controller.signal)
    this.isRunning = false
    if (this.controller === undefined) return
    const wantedMs = this.wantedAt === undefined ? Number.POSITIVE_INFINITY : this.wantedAt - this.options.clock.now()
    const nextMs = this.controller === controller ? Math.min(delayMs, wantedMs) : wantedMs
    this.wantedAt = undefined
    if (nextMs < Number.POSITIVE_INFINITY) this.schedule(Math.max(0, nextMs))
  }

  private want(delayMs: number): void {
    this.wantedAt = Math.min(this.wantedAt ?? Number.POSITIVE_INFINITY, this.options.clock.now() + delayMs)
  }

  private async outcome(signal: AbortSignal): Promise<number> {
    try {
      const delayMs = await this.options.run(signal)
      this.failures = 0
      return delayMs
    } catch (error) {
      if (!signal.aborted) this.options.onError(error)
      return this.retryDelay()
    }
  }

  private retryDelay(): number {
    const { firstRetryMs, maxRetryMs, random } = this.options
    const delayMs = Math.min(firstRetryMs * 2 ** Math.min(this.failures++, 30), maxRetryMs)
    return delayMs * (0.5 + random.float() / 2)
  }
}
