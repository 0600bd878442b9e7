/** Something due at a moment. The heap keeps its place in it, so that it can be taken out again without a search. */
export interface Due {
  readonly at: number
  /** Of one moment, the lower comes first. */
  readonly order: number
  /** Where the heap has it; -1 when it is in none. The heap's own. */
  place: number
}

/** Children of a place. Four take half the levels of two, and their moments lie side by side in memory. */
const CHILDREN = 4

/** A heap of what is due, the earliest first: adding, taking and removing cost O(log n). */
export class TimerHeap<T extends Due> {
  private readonly items: T[] = []
  /** The moment of each item, so that most comparisons need not look at items. */
  private readonly moments: number[] = []

  get size(): number {
    return this.items.length
  }

  /** The earliest. */
  get first(): T | undefined {
    return this.items[0]
  }

  push(item: T): void {
    this.rise(item, this.items.length)
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
    this.moments.pop()
    if (last === item) return
    if (place > 0 && this.isBefore(last, parentOf(place))) this.rise(last, place)
    else this.sink(last, place)
  }

  /** Takes out everything that `isDoomed`. Looks at all items. */
  removeWhere(isDoomed: (item: T) => boolean): void {
    const kept = this.items.filter(item => !isDoomed(item))
    for (const item of this.items) item.place = -1
    this.items.length = 0
    this.moments.length = 0
    for (const item of kept) this.push(item)
  }

  private rise(item: T, from: number): void {
    let place = from
    while (place > 0) {
      const parent = parentOf(place)
      if (!this.isBefore(item, parent)) break
      this.put(this.items[parent] as T, place)
      place = parent
    }
    this.put(item, place)
  }

  private sink(item: T, from: number): void {
    let place = from
    for (let child = this.earliestChild(place); child > 0; child = this.earliestChild(place)) {
      if (this.isBefore(item, child)) break
      this.put(this.items[child] as T, place)
      place = child
    }
    this.put(item, place)
  }

  /** Where it is; 0 when there is none. */
  private earliestChild(place: number): number {
    const { items, moments } = this
    const first = CHILDREN * place + 1
    const end = Math.min(first + CHILDREN, moments.length)
    if (first >= end) return 0
    let earliest = first
    for (let child = first + 1; child < end; child++) {
      const at = moments[child] as number
      const best = moments[earliest] as number
      if (at < best || (at === best && (items[child] as T).order < (items[earliest] as T).order)) earliest = child
    }
    return earliest
  }

  private put(item: T, place: number): void {
    this.items[place] = item
    this.moments[place] = item.at
    item.place = place
  }

  private isBefore(item: T, place: number): boolean {
    const at = this.moments[place] as number
    return item.at < at || (item.at === at && item.order < (this.items[place] as T).order)
  }
}

function parentOf(place: number): number {
  return (place - 1) >> 2
}
