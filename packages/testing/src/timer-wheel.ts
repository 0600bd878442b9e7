import { type Due, TimerHeap } from './timer-heap.ts'

/** How long a slot is. Messages of ten thousand cores come several hundred in a slot, few enough to be sorted fast. */
const SLOT_MS = 0.25

/** Slots that lie open: a quarter of a second, which most links take less than. */
const SLOTS = 1024

/**
 * Gives the same as a `TimerHeap`, sooner where much is due soon: what is due within the next slots is only put into its
 * slot, and sorted when the slot's time has come, among few that are in the processor's cache. What is due later waits in
 * a heap.
 */
export class TimerWheel<T extends Due> {
  /** Of the current slot, and of those before. */
  private readonly near = new TimerHeap<T>()
  private readonly slots: T[][] = Array.from({ length: SLOTS }, () => [])
  private readonly far = new TimerHeap<T>()
  private current = 0
  private inSlots = 0

  get size(): number {
    return this.near.size + this.inSlots + this.far.size
  }

  /** The earliest. */
  get first(): T | undefined {
    while (this.near.size === 0 && (this.inSlots > 0 || this.isMoreToCome)) this.turn()
    return this.near.first ?? this.far.first
  }

  push(item: T): void {
    const slot = slotOf(item)
    if (slot <= this.current) this.near.push(item)
    else if (slot >= this.current + SLOTS) this.far.push(item)
    else {
      const items = this.itemsOf(slot)
      item.place = items.length
      items.push(item)
      this.inSlots++
    }
  }

  /** Takes the earliest. */
  pop(): T | undefined {
    const { first } = this
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Takes an item out before its time. One that is not there, because it was taken already, changes nothing. */
  remove(item: T): void {
    const slot = slotOf(item)
    if (slot <= this.current) this.near.remove(item)
    else if (slot >= this.current + SLOTS) this.far.remove(item)
    else this.removeFromSlot(item, this.itemsOf(slot))
  }

  /** Takes out everything that `isDoomed`. Looks at all items. */
  removeWhere(isDoomed: (item: T) => boolean): void {
    this.near.removeWhere(isDoomed)
    this.far.removeWhere(isDoomed)
    for (const items of this.slots) for (const item of items.filter(isDoomed)) this.removeFromSlot(item, items)
  }

  /** What is due at no time at all is never reached. */
  private get isMoreToCome(): boolean {
    return this.far.first !== undefined && this.far.first.at < Number.POSITIVE_INFINITY
  }

  /** To the next slot, or to the next in which anything is due. */
  private turn(): void {
    const next = this.far.first
    this.current = this.inSlots === 0 && next !== undefined ? slotOf(next) : this.current + 1
    const items = this.itemsOf(this.current)
    this.inSlots -= items.length
    for (const item of items) this.near.push(item)
    items.length = 0
    // Slots that were too far away until now.
    for (let item = this.far.first; item !== undefined && slotOf(item) < this.current + SLOTS; item = this.far.first) {
      this.far.pop()
      this.push(item)
    }
  }

  private itemsOf(slot: number): T[] {
    return this.slots[slot % SLOTS] as T[]
  }

  private removeFromSlot(item: T, items: T[]): void {
    const { place } = item
    if (place < 0) return
    item.place = -1
    const last = items.pop() as T
    this.inSlots--
    if (last === item) return
    items[place] = last
    last.place = place
  }
}

function slotOf({ at }: Due): number {
  return Math.floor(at / SLOT_MS)
}
