/** Events that come when they come, for one reader that takes them when it can. */
export class EventQueue<T> {
  private readonly items: T[] = []
  private head = 0
  private wake: (() => void) | undefined
  private isEnded = false
  private failure: { readonly reason: unknown } | undefined

  /** How many wait. */
  get size(): number {
    return this.items.length - this.head
  }

  push(item: T): void {
    this.items.push(item)
    this.wakeReader()
  }

  /** No more come. */
  end(): void {
    this.isEnded = true
    this.wakeReader()
  }

  /** The reader is told, after what came before. */
  fail(reason: unknown): void {
    this.failure ??= { reason }
    this.wakeReader()
  }

  /** The next one, undefined at the end. */
  async take(): Promise<T | undefined> {
    while (this.size === 0) {
      if (this.failure !== undefined) throw this.failure.reason
      if (this.isEnded) return undefined
      await new Promise<void>(resolve => {
        this.wake = resolve
      })
    }
    const item = this.items[this.head] as T
    this.head++
    if (this.head === this.items.length) {
      this.items.length = 0
      this.head = 0
    }
    return item
  }

  private wakeReader(): void {
    const { wake } = this
    this.wake = undefined
    wake?.()
  }
}
