import { abortable, type Waiter } from '@ts-libp2p/stream'
import { PingError } from './errors.ts'

/** One at a time, in order of asking. Every `take` that resolved needs its `give`. */
export class Turns {
  private readonly limit: number
  private readonly line: Waiter<void>[] = []
  private taken = false

  /** `limit` is how many may wait. */
  constructor(limit: number) {
    this.limit = limit
  }

  get isTaken(): boolean {
    return this.taken
  }

  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.taken) {
      this.taken = true
      return
    }
    if (this.line.length >= this.limit) throw new PingError('too-many', `${this.limit} pings wait already`)
    await abortable(this.line, signal)
  }

  give(): void {
    const next = this.line.shift()
    if (next === undefined) this.taken = false
    else next.resolve()
  }
}
