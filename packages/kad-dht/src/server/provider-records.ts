import { commonPrefixLength, type Key, keyOf } from '../key.ts'
import { MAX_PROVIDER_RECORDS, MAX_PROVIDERS_PER_KEY, RECORD_VALIDITY_MS } from '../limits.ts'
import { latin1 } from '../wire/latin1.ts'
import { Nearness } from './nearness.ts'

/** That a peer has some content. */
export interface ProviderRecord {
  /** The multihash of the content. */
  readonly key: Uint8Array
  /** The peer's id as text. */
  readonly provider: string
  /** The peer in its wire form, with its addresses. */
  readonly wire: Uint8Array
  /** The network that it announced itself from; undefined on private networks. */
  readonly group: string | undefined
  /** Unix milliseconds. */
  readonly expiresAt: number
}

interface Shelf {
  readonly key: Uint8Array
  readonly prefixLength: number
  readonly records: Map<string, ProviderRecord>
}

export interface ProviderRecordsInit {
  /** Our own place in the key space. */
  readonly self: Key
  readonly validityMs?: number
  readonly maxRecords?: number
  readonly maxPerKey?: number
  /** Told of what comes and goes, to keep it elsewhere too. */
  readonly onAdd?: (record: ProviderRecord) => void
  readonly onRemove?: (record: ProviderRecord) => void
}

/**
 * Who provides what. Bounded: with too many providers of one key, the network that has most of them loses its oldest;
 * with too many records in all, those of the key farthest from us go, which is others' business before it is ours.
 *
 * Pure: told the time.
 */
export class ProviderRecords {
  private readonly init: ProviderRecordsInit & { validityMs: number; maxRecords: number; maxPerKey: number }
  private readonly shelves = new Map<string, Shelf>()
  private readonly nearness = new Nearness()
  private count = 0

  constructor(init: ProviderRecordsInit) {
    this.init = {
      ...{ validityMs: RECORD_VALIDITY_MS, maxRecords: MAX_PROVIDER_RECORDS, maxPerKey: MAX_PROVIDERS_PER_KEY },
      ...init
    }
  }

  /** Records kept, expired ones included until they are swept. */
  get size(): number {
    return this.count
  }

  /** Stores that `provider` has the content from `now` on. */
  add({ key, ...record }: Omit<ProviderRecord, 'expiresAt'>, now: number): void {
    this.restore({ key: key.slice(), ...record, expiresAt: now + this.init.validityMs })
  }

  /** Stores a record that was kept elsewhere. */
  restore(record: ProviderRecord): void {
    const shelf = this.shelfOf(record.key)
    const known = shelf.records.get(record.provider)
    if (known !== undefined && known.expiresAt > record.expiresAt) return
    if (!shelf.records.delete(record.provider)) this.count++
    // Set last, so that the order is that of coming.
    shelf.records.set(record.provider, record)
    this.init.onAdd?.(record)
    if (shelf.records.size > this.init.maxPerKey) this.remove(shelf, oldestOfCrowd(shelf))
    while (this.count > this.init.maxRecords) this.makeRoom()
  }

  /** Providers whose records have not expired, the newest first. */
  of(key: Uint8Array, now: number): ProviderRecord[] {
    const shelf = this.shelves.get(latin1(key))
    if (shelf === undefined) return []
    return [...shelf.records.values()].filter(({ expiresAt }) => now < expiresAt).reverse()
  }

  delete(key: Uint8Array, provider: string): void {
    const shelf = this.shelves.get(latin1(key))
    const record = shelf?.records.get(provider)
    if (shelf !== undefined && record !== undefined) this.remove(shelf, record)
  }

  /** Lets go of what has expired. */
  sweep(now: number): void {
    for (const shelf of this.shelves.values()) {
      for (const record of shelf.records.values()) if (now >= record.expiresAt) this.remove(shelf, record)
    }
  }

  private shelfOf(key: Uint8Array): Shelf {
    const name = latin1(key)
    const known = this.shelves.get(name)
    if (known !== undefined) return known
    const shelf: Shelf = { key, prefixLength: commonPrefixLength(this.init.self, keyOf(key)), records: new Map() }
    this.shelves.set(name, shelf)
    this.nearness.add(name, shelf.prefixLength)
    return shelf
  }

  private makeRoom(): void {
    const shelf = this.shelves.get(this.nearness.farthest() ?? '')
    const [oldest] = shelf?.records.values() ?? []
    if (shelf !== undefined && oldest !== undefined) this.remove(shelf, oldest)
  }

  private remove(shelf: Shelf, record: ProviderRecord): void {
    shelf.records.delete(record.provider)
    this.count--
    this.init.onRemove?.(record)
    if (shelf.records.size > 0) return
    const name = latin1(shelf.key)
    this.shelves.delete(name)
    this.nearness.delete(name, shelf.prefixLength)
  }
}

/** Of the network with most providers the one that came first. Peers of private networks are one network. */
function oldestOfCrowd({ records }: Shelf): ProviderRecord {
  const counts = new Map<string | undefined, number>()
  for (const { group } of records.values()) counts.set(group, (counts.get(group) ?? 0) + 1)
  const most = Math.max(...counts.values())
  for (const record of records.values()) if (counts.get(record.group) === most) return record
  throw new RangeError('a shelf without records')
}
