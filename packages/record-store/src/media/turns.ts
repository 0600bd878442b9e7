/** Lets jobs of one key run one after the other; jobs of different keys do not wait for each other. */
export class Turns {
  private readonly tails = new Map<string, Promise<unknown>>()

  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const turn = (this.tails.get(key) ?? Promise.resolve()).then(job, job)
    this.tails.set(key, turn)
    const done = (): void => {
      if (this.tails.get(key) === turn) this.tails.delete(key)
    }
    turn.then(done, done)
    return turn
  }
}
