import type { SeededRandom } from '@ts-libp2p/testing'
import type { Contact } from '../src/contact.ts'
import { bitAt, compareDistance, KEY_BITS, type Key } from '../src/key.ts'

const FIRST_KEY: Key = new Uint8Array(KEY_BITS / 8)

/** Some of those who are there, who are next to each other in the order of the keys: from `start` up to `end`. */
interface Range {
  readonly start: number
  readonly end: number
}

/** Who is in whose table once a network has been up for long: in each bucket some of those whom it is for. */
export class KeptTables {
  private readonly sorted: readonly Contact[]
  private readonly random: SeededRandom

  constructor(contacts: readonly Contact[], random: SeededRandom) {
    this.sorted = [...contacts].sort((a, b) => compareDistance(FIRST_KEY, a.key, b.key))
    this.random = random
  }

  /** Offers peers for each bucket of a table, in an order of chance, until it has `k` of them or there are no others. */
  fill(self: Key, k: number, offer: (contact: Contact) => boolean): void {
    let own: Range = { start: 0, end: this.sorted.length }
    for (let bit = 0; bit < KEY_BITS && own.end - own.start > 1; bit++) {
      const middle = this.firstWithOne(own, bit)
      const zeros = { start: own.start, end: middle }
      const ones = { start: middle, end: own.end }
      const isOne = bitAt(self, bit) === 1
      this.offerSome(isOne ? zeros : ones, k, offer)
      own = isOne ? ones : zeros
    }
  }

  /** Where the bit turns from 0 to 1. All bits before it are the same for everybody in the range. */
  private firstWithOne({ start, end }: Range, bit: number): number {
    let [low, high] = [start, end]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (bitAt((this.sorted[middle] as Contact).key, bit) === 0) low = middle + 1
      else high = middle
    }
    return low
  }

  private offerSome({ start, end }: Range, k: number, offer: (contact: Contact) => boolean): void {
    let taken = 0
    for (const place of shuffled(end - start, this.random)) {
      if (offer(this.sorted[start + place] as Contact) && ++taken === k) return
    }
  }
}

/** Every number below `count`, once, in an order of chance. What is not asked for is not drawn. */
function* shuffled(count: number, random: SeededRandom): Generator<number> {
  const moved = new Map<number, number>()
  for (let left = count; left > 0; left--) {
    const at = random.int(left)
    yield moved.get(at) ?? at
    moved.set(at, moved.get(left - 1) ?? left - 1)
  }
}
