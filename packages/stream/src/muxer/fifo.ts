/** Items whose room is used again. V8 gives an array that is pushed to room for 17. */
const MAX_KEPT_ITEMS = 17

/** A queue: taken from the front without moving what is behind. */
export class Fifo<T> {
  private items: T[] = []
  private head = 0

  get length(): number {
    return this.items.length - this.head
  }

  push(item: T): void {
    this.items.push(item)
  }

  /** The next, left in place. */
  peek(): T | undefined {
    return this.items[this.head]
  }

  shift(): T | undefined {
    const item = this.items[this.head]
    if (item === undefined) return undefined
    this.head++
    if (this.head === this.items.length) this.empty()
    else if (this.head >= 64 && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }

  clear(): void {
    this.items = []
    this.head = 0
  }

  /** Everything was taken. What little there was leaves its room behind: most queues hold one item after the other. */
  private empty(): void {
    if (this.items.length > MAX_KEPT_ITEMS) {
      this.clear()
      return
    }
    while (this.items.length > 0) this.items.pop()
    this.head = 0
  }
}
