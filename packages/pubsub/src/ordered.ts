import { Fifo, isPromise } from '@ts-libp2p/stream'

interface Entry {
  run: (() => void) | undefined
}

/** Runs what becomes ready out of order in the order in which it was begun. */
export class Ordered {
  private readonly line = new Fifo<Entry>()

  /** Begun and not run yet. */
  get length(): number {
    return this.line.length
  }

  /**
   * `then` runs with the value: now, if it is there and nothing waits before it. A promise that rejects gives `otherwise`.
   */
  add<T>(value: T | Promise<T>, otherwise: T, then: (value: T) => void): void {
    if (!isPromise(value)) {
      if (this.line.length === 0) then(value)
      else this.line.push({ run: () => then(value) })
      return
    }
    const entry: Entry = { run: undefined }
    this.line.push(entry)
    value.then(
      result => this.ready(entry, () => then(result)),
      () => this.ready(entry, () => then(otherwise))
    )
  }

  /** The same for a value that comes by a call of the result. */
  expect<T>(then: (value: T) => void): (value: T) => void {
    const entry: Entry = { run: undefined }
    this.line.push(entry)
    return value => this.ready(entry, () => then(value))
  }

  private ready(entry: Entry, run: () => void): void {
    entry.run = run
    for (let first = this.line.peek(); first?.run !== undefined; first = this.line.peek()) {
      this.line.shift()
      first.run()
    }
  }
}
