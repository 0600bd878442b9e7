import type { Clock, Undo } from '@ts-libp2p/interface'
import { quiet } from '#turn'
import { TestingError } from './errors.ts'
import { MAX_TIMERS_PER_RUN } from './limits.ts'
import { type Due, TimerHeap } from './timer-heap.ts'

interface Timer extends Due {
  readonly fn: () => void
  readonly owner: object | undefined
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
  private readonly timers = new TimerHeap<Timer>()
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
    return this.afterFor(undefined, ms, fn)
  }

  /** As `after`, for somebody whose timers can all be dropped at once. */
  afterFor(owner: object | undefined, ms: number, fn: () => void): Undo {
    if (Number.isNaN(ms)) throw new TestingError('misuse', 'a timer was set for NaN milliseconds')
    const timer: Timer = { at: this.currentMs + Math.max(0, ms), order: this.nextOrder++, place: -1, fn, owner }
    this.timers.push(timer)
    return () => this.timers.remove(timer)
  }

  /** Drops every timer of `owner`. */
  dropTimersOf(owner: object): void {
    this.timers.removeWhere(timer => timer.owner === owner)
  }

  /** Timers that are set and have not fired. */
  get pendingTimers(): number {
    return this.timers.size
  }

  /** Timers that were set so far. */
  get timersSet(): number {
    return this.nextOrder
  }

  /** When the next timer fires, Unix milliseconds. */
  get nextTimerAt(): number | undefined {
    return this.timers.first?.at
  }

  /** Lets `ms` milliseconds pass: fires every timer due in them, those set meanwhile included. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.currentMs + ms)
  }

  /** Lets time pass until `moment`, Unix milliseconds. */
  async advanceTo(moment: number): Promise<void> {
    await this.advanceUntil(() => false, moment)
  }

  /**
   * Lets time pass until `isDone`, which is asked once all deferred work ran after each timer, or until `moment`.
   * Resolves to whether it was done.
   */
  async advanceUntil(isDone: () => boolean, moment: number): Promise<boolean> {
    if (!(moment >= this.currentMs)) throw new TestingError('misuse', `time cannot go back to ${moment}`)
    return await this.alone(async () => {
      await quiet()
      for (let next = this.nextTimerAt; !isDone(); next = this.nextTimerAt) {
        if (next === undefined || next > moment) {
          this.currentMs = moment
          return isDone()
        }
        this.fireNext()
        await quiet()
      }
      return true
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
      await quiet()
      while (this.timers.size > 0) {
        if (fired >= limit)
          throw new TestingError('endless', `${fired} timers fired and ${this.timers.size} still wait`)
        this.fireNext()
        fired++
        await quiet()
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
  private async alone<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.isAdvancing) throw new TestingError('misuse', 'the clock is being advanced already: await the first call')
    this.isAdvancing = true
    try {
      return await run()
    } finally {
      this.isAdvancing = false
    }
  }
}
