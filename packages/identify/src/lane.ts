import { IdentifyError } from './errors.ts'

/** Runs some jobs at once; the others wait for their turn, in order, up to a limit. */
export class Lane {
  private readonly width: number
  private readonly maxWaiting: number
  private readonly waiting: (() => void)[] = []
  private running = 0

  constructor(width: number, maxWaiting: number) {
    this.width = width
    this.maxWaiting = maxWaiting
  }

  /** The job's outcome. Rejects with an `IdentifyError` (`too-many`) when too many wait. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    await this.enter()
    try {
      return await job()
    } finally {
      this.leave()
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.width) {
      this.running++
      return
    }
    if (this.waiting.length >= this.maxWaiting) {
      throw new IdentifyError('too-many', `${this.maxWaiting} exchanges wait already`)
    }
    await new Promise<void>(resolve => this.waiting.push(resolve))
  }

  private leave(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.running--
    else next()
  }
}
