import type { Clock, Undo } from '@ts-libp2p/interface'

export interface Deadline {
  /** Aborts when the time is over, or with the service. */
  readonly signal: AbortSignal
  /** Stops the timer. */
  readonly clear: Undo
}

/**
 * The time limits of a service's running operations. Each has a signal of its own: one shared by all would gather a
 * listener from every operation.
 */
export class Deadlines {
  private readonly clock: Clock
  private readonly running = new Set<AbortController>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Allows `ms` milliseconds, after which the signal aborts with what `late` returns. */
  set(ms: number, late: () => Error): Deadline {
    const controller = new AbortController()
    const stopTimer = this.clock.after(ms, () => controller.abort(late()))
    this.running.add(controller)
    const clear = (): void => {
      stopTimer()
      this.running.delete(controller)
    }
    return { signal: controller.signal, clear }
  }

  abortAll(reason: Error): void {
    for (const controller of this.running) controller.abort(reason)
  }
}
