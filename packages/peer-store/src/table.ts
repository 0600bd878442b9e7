import type { Entry } from './entry.ts'

/** Who goes first when there is no room: a stranger before a tagged peer before a kept one before a connected one. */
export type Rank = 0 | 1 | 2 | 3

/** One peer's place in the table. */
export interface Slot {
  readonly key: string
  entry: Entry
  rank: Rank
  /** Until when the entry is good as it is, milliseconds since 1970. */
  until: number
}

/** The peers in memory, by id and, for every rank, in the order of their last change. */
export class Table {
  private readonly slots = new Map<string, Slot>()
  private readonly ranks: readonly Map<string, Slot>[] = [new Map(), new Map(), new Map(), new Map()]

  get size(): number {
    return this.slots.size
  }

  get(key: string): Slot | undefined {
    return this.slots.get(key)
  }

  /** Stores an entry as the youngest of its rank. */
  set(key: string, entry: Entry, rank: Rank): Slot {
    const slot = this.slots.get(key) ?? { key, entry, rank, until: 0 }
    this.slots.set(key, slot)
    slot.entry = entry
    slot.until = 0
    this.ranks[slot.rank]?.delete(key)
    slot.rank = rank
    this.ranks[rank]?.set(key, slot)
    return slot
  }

  delete(key: string): boolean {
    const slot = this.slots.get(key)
    if (slot === undefined) return false
    this.ranks[slot.rank]?.delete(key)
    return this.slots.delete(key)
  }

  /** The peer that is missed least among those that may go; the predicate refuses one or two at most. */
  leastValuable(mayGo: (key: string) => boolean): Slot | undefined {
    for (const rank of this.ranks) {
      for (const slot of rank.values()) if (mayGo(slot.key)) return slot
    }
    return undefined
  }

  values(): Iterable<Slot> {
    return this.slots.values()
  }
}
