import type { Clock, Undo } from '@ts-libp2p/interface'
import { turn } from '#turn'
import { TestingError } from './errors.ts'
import { MAX_TIMERS_PER_RUN } from './limits.ts'

interface Timer {
  readonly at: number
  /** Timers of one moment fire in the order they were set. */
  readonly order: number
  readonly fn: () => void
}

/**
 * Time that stands still until the test moves it. Timers fire in order of their moment, those of one moment in the
 * order they were set, and between two of them all deferred work runs: the same test always takes the same course.
 *
 * What a timer throws rejects the `advance` that fired it.
 *
 * @example
 * const clock = new VirtualClock()
 * clock.after(1000, () => log('one second later'))
 * await clock.advance(1000)
 */
export class VirtualClock implements Clock {
  /** The next to fire is last: taking it moves nothing. */
  private readonly timers: Timer[] = []
  private currentMs: number
  private nextOrder = 0
  private isAdvancing = false

  /** `startMs` is the first moment, Unix milliseconds. Default 2026-01-01T00:00:00Z. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.currentMs = startMs
  }

  now(): number {
    return this.currentMs
  }

  after(ms: number, fn: () => void): Undo {
    if (Number.isNaN(ms)) throw new TestingError('misuse', 'a timer was set for NaN milliseconds')
    const timer: Timer = { at: this.currentMs + Math.max(0, ms), order: this.nextOrder++, fn }
    this.timers.splice(this.placeOf(timer), 0, timer)
    return () => {
      const at = this.placeOf(timer)
      if (this.timers[at] === timer) this.timers.splice(at, 1)
    }
  }

  /** Timers that are set and have not fired. */
  get pendingTimers(): number {
    return this.timers.length
  }

  /** When the next timer fires, Unix milliseconds. */
  get nextTimerAt(): number | undefined {
    return this.timers.at(-1)?.at
  }

  /** Lets `ms` milliseconds pass: fires every timer due in them, those set meanwhile included. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.currentMs + ms)
  }

  /** Lets time pass until `moment`, Unix milliseconds. */
  async advanceTo(moment: number): Promise<void> {
    if (!(moment >= this.currentMs)) throw new TestingError('misuse', `time cannot go back to ${moment}`)
    await this.alone(async () => {
      await turn()
      for (let next = this.nextTimerAt; next !== undefined && next <= moment; next = this.nextTimerAt) {
        this.fireNext()
        await turn()
      }
      this.currentMs = moment
    })
  }

  /**
   * Fires timers until none is left and returns how many fired. Throws a `TestingError` (`endless`) after `limit` of
   * them, 100,000 by default: whatever sets a timer again each time must be stopped first.
   */
  async runAll(options: { limit?: number } = {}): Promise<number> {
    const limit = options.limit ?? MAX_TIMERS_PER_RUN
    let fired = 0
    await this.alone(async () => {
      await turn()
      while (this.timers.length > 0) {
        if (fired >= limit)
          throw new TestingError('endless', `${fired} timers fired and ${this.timers.length} still wait`)
        this.fireNext()
        fired++
        await turn()
      }
    })
    return fired
  }

  private fireNext(): void {
    const timer = this.timers.pop() as Timer
    this.currentMs = timer.at
    timer.fn()
  }

  /** Two runs at once would hand each other's moments out of order. */
  private async alone(run: () => Promise<void>): Promise<void> {
    if (this.isAdvancing) throw new TestingError('misuse', 'the clock is being advanced already: await the first call')
    this.isAdvancing = true
    try {
      await run()
    } finally {
      this.isAdvancing = false
    }
  }

  private placeOf(timer: Timer): number {
    let low = 0
    let high = this.timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isLater(this.timers[middle] as Timer, timer)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isLater(a: Timer, b: Timer): boolean {
  return a.at > b.at || (a.at === b.at && a.order > b.order)
}
