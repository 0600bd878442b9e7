import type { Clock, Logger, Undo } from '@ts-libp2p/interface'

/**
 * Gathers changes and runs a round of pushes some time after the first of them. Rounds do not overlap: a change that
 * comes within one is told by the next. The wait is not prolonged by further changes, so that a node whose addresses
 * flap is still heard of.
 */
export class PushSchedule {
  private readonly clock: Clock
  private readonly delayMs: number
  private readonly round: () => Promise<void>
  private readonly log: Logger
  private stopTimer: Undo | undefined
  private isRunning = false

  constructor(init: { clock: Clock; delayMs: number; round: () => Promise<void>; log: Logger }) {
    this.clock = init.clock
    this.delayMs = init.delayMs
    this.round = init.round
    this.log = init.log
  }

  changed(): void {
    this.stopTimer ??= this.clock.after(this.delayMs, () => void this.due())
  }

  stop(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
  }

  private async due(): Promise<void> {
    this.stopTimer = undefined
    if (this.isRunning) {
      this.changed()
      return
    }
    this.isRunning = true
    try {
      await this.round()
    } catch (err) {
      this.log.error('changes were not pushed - %e', err)
    } finally {
      this.isRunning = false
    }
  }
}
