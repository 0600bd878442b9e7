import { abortable, type Waiter } from './abortable.ts'

/** How many may wait for a place, and what those beyond are told. */
export interface WaitingLine {
  readonly limit: number
  readonly error: () => Error
}

/**
 * Places for some jobs at once; whoever comes when all are taken waits in line, in order of asking.
 *
 * @example
 * const places = new Places(32, { limit: 1_024, error: () => new FooError('too-many', 'too many wait already') })
 * await places.run(() => ask(peer, { signal }), signal)
 */
export class Places {
  private readonly line: Waiter<void>[] = []
  private readonly waiting: WaitingLine | undefined
  private free: number

  /** Without a limit of those who wait, whoever calls has one. */
  constructor(places: number, waiting?: WaitingLine) {
    this.free = places
    this.waiting = waiting
  }

  get areTaken(): boolean {
    return this.free === 0
  }

  /** The job's outcome. Rejects with `signal.reason` while it waits, or at once when too many wait; the job runs not then. */
  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.free > 0) this.free--
    else await this.wait(signal)
    try {
      return await job()
    } finally {
      this.release()
    }
  }

  /** A place comes from whoever leaves: it is not free in between. */
  private async wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.waiting !== undefined && this.line.length >= this.waiting.limit) throw this.waiting.error()
    await abortable(this.line, signal)
  }

  private release(): void {
    const next = this.line.shift()
    if (next === undefined) this.free++
    else next.resolve()
  }
}
