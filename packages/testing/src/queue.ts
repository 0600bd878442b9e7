import { TestingError } from './errors.ts'
import { MAX_QUEUED_ITEMS } from './limits.ts'

/** Things that come when they come, taken in order by whoever waits for them. */
export class Queue<T> {
  private readonly items: T[] = []
  private readonly takers: ((item: T) => void)[] = []

  /** How many wait to be taken. */
  get size(): number {
    return this.items.length
  }

  push(item: T): void {
    if (this.items.length >= MAX_QUEUED_ITEMS) throw new TestingError('too-large', 'nobody takes what the queue holds')
    const taker = this.takers.shift()
    if (taker === undefined) this.items.push(item)
    else taker(item)
  }

  /** The next one: now if there is one, else when it comes. */
  next(): Promise<T> {
    return this.items.length > 0
      ? Promise.resolve(this.items.shift() as T)
      : new Promise(resolve => {
          this.takers.push(resolve)
        })
  }
}
