/** Something due at a moment. The heap keeps its place in it, so that it can be taken out again without a search. */
export interface Due {
  readonly at: number
  /** Of one moment, the lower comes first. */
  readonly order: number
  /** Where the heap has it; -1 when it is in none. The heap's own. */
  place: number
}

/** A binary heap of what is due, the earliest first: adding, taking and removing cost O(log n). */
export class TimerHeap<T extends Due> {
  private readonly items: T[] = []

  get size(): number {
    return this.items.length
  }

  /** The earliest. */
  get first(): T | undefined {
    return this.items[0]
  }

  push(item: T): void {
    this.items.push(item)
    this.rise(item, this.items.length - 1)
  }

  /** Takes the earliest. */
  pop(): T | undefined {
    const first = this.items[0]
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Takes an item out before its time. One that is not there, because it was taken already, changes nothing. */
  remove(item: T): void {
    const { place } = item
    if (place < 0) return
    item.place = -1
    const last = this.items.pop() as T
    if (last === item) return
    if (place > 0 && isBefore(last, this.items[(place - 1) >> 1] as T)) this.rise(last, place)
    else this.sink(last, place)
  }

  /** Takes out everything that `isDoomed`. Looks at all items. */
  removeWhere(isDoomed: (item: T) => boolean): void {
    const kept = this.items.filter(item => !isDoomed(item))
    for (const item of this.items) item.place = -1
    this.items.length = 0
    for (const item of kept) this.push(item)
  }

  private rise(item: T, from: number): void {
    const { items } = this
    let place = from
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = items[parentPlace] as T
      if (!isBefore(item, parent)) break
      items[place] = parent
      parent.place = place
      place = parentPlace
    }
    items[place] = item
    item.place = place
  }

  private sink(item: T, from: number): void {
    const { items } = this
    let place = from
    for (;;) {
      const left = 2 * place + 1
      if (left >= items.length) break
      const right = left + 1
      const isRight = right < items.length && isBefore(items[right] as T, items[left] as T)
      const childPlace = isRight ? right : left
      const child = items[childPlace] as T
      if (!isBefore(child, item)) break
      items[place] = child
      child.place = place
      place = childPlace
    }
    items[place] = item
    item.place = place
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
