import type { Clock, Undo } from '@ts-libp2p/interface'
import type { VirtualClock } from '../virtual-clock.ts'

export interface Skew {
  /** Milliseconds that the clock is ahead, at the beginning of the simulation. */
  readonly skewMs: number
  /** Millionths that it runs too fast. */
  readonly driftPpm: number
}

/** The clock of one run of a process: its host's time, whose timers die with the process. */
export class ProcessClock implements Clock {
  private readonly world: VirtualClock
  private readonly skew: Skew
  private readonly rate: number
  private readonly startMs: number
  private stoppedAt: number | undefined

  /** `startMs` is when the simulation began, Unix milliseconds. */
  constructor(world: VirtualClock, startMs: number, skew: Skew) {
    this.world = world
    this.skew = skew
    this.rate = 1 + skew.driftPpm / 1_000_000
    this.startMs = startMs
  }

  now(): number {
    return this.startMs + (this.stoppedAt ?? this.world.now()) * this.rate + this.skew.skewMs
  }

  after(ms: number, fn: () => void): Undo {
    return this.stoppedAt === undefined ? this.world.afterFor(this, ms / this.rate, fn) : () => {}
  }

  /** It stands still, and none of its timers fires any more. */
  stop(): void {
    this.stoppedAt ??= this.world.now()
    this.world.dropTimersOf(this)
  }
}
