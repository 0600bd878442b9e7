import type { Clock, Undo } from '@ts-libp2p/interface'

/** A clock that knows how many of its timers are set. */
export class CountingClock implements Clock {
  pending = 0
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  now(): number {
    return this.clock.now()
  }

  after(ms: number, fn: () => void): Undo {
    this.pending++
    let isPending = true
    const over = (): void => {
      if (isPending) this.pending--
      isPending = false
    }
    const undo = this.clock.after(ms, () => {
      over()
      fn()
    })
    return () => {
      over()
      undo()
    }
  }
}
