import { PeerStoreError } from './errors.ts'
import { MAX_WAITING_UPDATES } from './limits.ts'

/** Lets jobs of one key run one after the other, in the order they came; jobs of different keys do not wait. */
export class Turns {
  private readonly tails = new Map<string, Promise<void>>()
  private waiting = 0

  /** Throws a `PeerStoreError` (`busy`) when too many jobs wait already. */
  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    if (this.waiting >= MAX_WAITING_UPDATES) {
      throw new PeerStoreError('busy', `${this.waiting} updates wait for the address filter already`)
    }
    this.waiting++
    const result = (this.tails.get(key) ?? Promise.resolve()).then(job)
    const done = (): void => {
      this.waiting--
      if (this.tails.get(key) === tail) this.tails.delete(key)
    }
    const tail = result.then(done, done)
    this.tails.set(key, tail)
    return result
  }
}
