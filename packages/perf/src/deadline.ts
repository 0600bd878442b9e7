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
    return this.track(controller, stopTimer)
  }

  /** Allows any time: until the parent aborts, or all. */
  follow(parent?: AbortSignal): Deadline {
    const controller = new AbortController()
    const abort = (): void => controller.abort(parent?.reason)
    parent?.addEventListener('abort', abort, { once: true })
    if (parent?.aborted === true) abort()
    return this.track(controller, () => parent?.removeEventListener('abort', abort))
  }

  abortAll(reason: Error): void {
    for (const controller of this.running) controller.abort(reason)
  }

  private track(controller: AbortController, undo: Undo): Deadline {
    this.running.add(controller)
    const clear = (): void => {
      undo()
      this.running.delete(controller)
    }
    return { signal: controller.signal, clear }
  }
}
