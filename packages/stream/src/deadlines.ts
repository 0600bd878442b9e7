import type { Clock, Undo } from '@ts-libp2p/interface'

export interface Deadline {
  /** Aborts when the time is over, with the caller's signal, or with the service. */
  readonly signal: AbortSignal
  /** Stops the timer and lets go of the caller's signal. */
  readonly clear: Undo
}

/**
 * The ends of a service's running operations. Each has a signal of its own: one shared by all would gather a listener
 * from every operation.
 *
 * @example
 * const { signal, clear } = deadlines.set(10_000, () => new TimeoutError('no answer'), options.signal)
 * try {
 *   return await ask({ signal })
 * } finally {
 *   clear()
 * }
 */
export class Deadlines {
  private readonly clock: Clock
  private readonly running = new Set<AbortController>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Allows `ms` milliseconds, after which the signal aborts with what `late` returns; or until the parent aborts. */
  set(ms: number, late: () => Error, parent?: AbortSignal): Deadline {
    const controller = new AbortController()
    const stopTimer = this.clock.after(ms, () => controller.abort(late()))
    return this.run(controller, stopTimer, parent)
  }

  /** Allows any time: until the parent aborts, or all. */
  follow(parent?: AbortSignal): Deadline {
    return this.run(new AbortController(), () => {}, parent)
  }

  abortAll(reason: Error): void {
    for (const controller of this.running) controller.abort(reason)
  }

  private run(controller: AbortController, stopTimer: Undo, parent: AbortSignal | undefined): Deadline {
    const abort = (): void => controller.abort(parent?.reason)
    parent?.addEventListener('abort', abort, { once: true })
    if (parent?.aborted === true) abort()
    this.running.add(controller)
    const clear = (): void => {
      stopTimer()
      parent?.removeEventListener('abort', abort)
      this.running.delete(controller)
    }
    return { signal: controller.signal, clear }
  }
}
