import { abortable, type Waiter } from '@ts-libp2p/stream'

/** A number of places; whoever comes when all are taken waits in line. */
export class Semaphore {
  private free: number
  private readonly line: Waiter<void>[] = []

  constructor(places: number) {
    this.free = places
  }

  /** Resolves with a place; give it back by `release`. Rejects with `signal.reason`, and takes none. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.free > 0) this.free--
    else await abortable(this.line, signal)
  }

  release(): void {
    const next = this.line.shift()
    if (next === undefined) this.free++
    else next.resolve()
  }
}
