import type { Contact } from '../contact.ts'
import { commonPrefixLength, KEY_BITS, type Key, nearestTo } from '../key.ts'
import {
  K,
  MAX_FAILURES,
  MAX_PER_GROUP_IN_BUCKET,
  MAX_PER_GROUP_IN_TABLE,
  PENDING_MS,
  STALE_AFTER_MS
} from '../limits.ts'
import { Bucket, type Entry } from './bucket.ts'

export interface TableInit {
  /** Our own place in the key space. */
  readonly self: Key
  /** Peers per bucket. Default 20. */
  readonly k?: number
  readonly maxPerGroupInBucket?: number
  readonly maxPerGroupInTable?: number
}

/**
 * - `added`, `known`: it is in the table now, or was before
 * - `pending`: the bucket is full; it gets the place of `check` unless that peer answers
 * - `full`: the bucket is full of peers that are alive
 * - `crowded`: too many of its network are in the bucket or in the table already
 * - `self`: it is us
 */
export type Admission =
  | { readonly verdict: 'added' | 'known' | 'full' | 'crowded' | 'self' }
  | { readonly verdict: 'pending'; readonly check: Contact }

export interface Newcomer {
  readonly contact: Contact
  readonly groups: readonly string[]
  readonly isConnected: boolean
}

type Order = (a: Entry, b: Entry) => number

const NONE: readonly Entry[] = []

/** What one bucket holds: for people and tests. */
export interface BucketView {
  readonly prefixLength: number
  readonly peers: readonly { readonly name: string; readonly aliveAt: number; readonly failures: number }[]
}

/**
 * Who is where: peers in buckets by the number of leading bits that they share with us, k in each. Peers that stay are
 * preferred to newcomers, since a peer that has been there long will most likely stay longer; one that leaves requests
 * unanswered loses its place. A network may have few peers only.
 *
 * Pure: told of what happens and when, it keeps no time itself.
 */
export class RoutingTable {
  readonly self: Key
  readonly k: number
  private readonly maxPerGroupInBucket: number
  private readonly maxPerGroupInTable: number
  private readonly buckets: (Bucket | undefined)[] = []
  private readonly groups = new Map<string, number>()
  private count = 0
  /** When any peer answered last: as long as nobody does, silence says something of us. */
  private answeredAt = Number.NEGATIVE_INFINITY

  constructor(init: TableInit) {
    this.self = init.self
    this.k = init.k ?? K
    this.maxPerGroupInBucket = init.maxPerGroupInBucket ?? MAX_PER_GROUP_IN_BUCKET
    this.maxPerGroupInTable = init.maxPerGroupInTable ?? MAX_PER_GROUP_IN_TABLE
  }

  get size(): number {
    return this.count
  }

  get(contact: Pick<Contact, 'name' | 'key'>): Entry | undefined {
    return this.bucketOf(contact.key)?.entries.get(contact.name)
  }

  /** A peer that speaks the protocol: takes it in if there is room. */
  add({ contact, groups, isConnected }: Newcomer, now: number): Admission {
    const index = commonPrefixLength(this.self, contact.key)
    if (index === KEY_BITS) return { verdict: 'self' }
    const bucket = this.bucketAt(index)
    const known = bucket.entries.get(contact.name)
    if (known !== undefined) {
      if (contact.multiaddrs.length > 0) known.contact = contact
      bucket.changed()
      known.isConnected = isConnected
      return { verdict: 'known' }
    }
    if (this.isCrowded(bucket, groups)) return { verdict: 'crowded' }
    const entry: Entry = { contact, groups, isConnected, aliveAt: now, failures: 0 }
    if (bucket.entries.size < this.k) {
      this.insert(bucket, entry)
      return { verdict: 'added' }
    }
    return this.contend(bucket, entry, now)
  }

  /** False for a newcomer that would be turned away: it need not even be asked whether it is there. */
  mayAdmit({ contact, groups }: Newcomer, now: number): boolean {
    const bucket = this.bucketOf(contact.key)
    if (bucket === undefined) return !this.isCrowded(new Bucket(), groups)
    if (this.isCrowded(bucket, groups)) return false
    const weakest = bucket.entries.size < this.k ? undefined : bucket.weakest()
    return weakest === undefined || weakest.failures > 0 || now - weakest.aliveAt >= STALE_AFTER_MS
  }

  /** It answered. Its rival, if it had one, has to go. */
  answered(contact: Pick<Contact, 'name' | 'key'>, now: number): void {
    this.answeredAt = now
    const bucket = this.bucketOf(contact.key)
    const entry = bucket?.entries.get(contact.name)
    if (bucket === undefined || entry === undefined) return
    entry.aliveAt = now
    if (entry.failures > 0) bucket.changed()
    entry.failures = 0
    if (bucket.pending?.rival === contact.name) bucket.pending = undefined
  }

  /** It left a request of `askedAt` unanswered. Counts only when somebody else has answered since. */
  failed(contact: Pick<Contact, 'name' | 'key'>, askedAt: number): void {
    const bucket = this.bucketOf(contact.key)
    const entry = bucket?.entries.get(contact.name)
    if (bucket === undefined || entry === undefined || this.answeredAt < askedAt) return
    entry.failures++
    bucket.changed()
    const { pending } = bucket
    if (pending?.rival === contact.name) {
      this.delete(bucket, entry)
      this.promote(bucket)
    } else if (entry.failures >= MAX_FAILURES) this.delete(bucket, entry)
  }

  disconnected(contact: Pick<Contact, 'name' | 'key'>): void {
    const entry = this.get(contact)
    if (entry !== undefined) entry.isConnected = false
  }

  /** It does not speak the protocol any more. */
  remove(contact: Pick<Contact, 'name' | 'key'>): void {
    const bucket = this.bucketOf(contact.key)
    const entry = bucket?.entries.get(contact.name)
    if (bucket === undefined || entry === undefined) return
    this.delete(bucket, entry)
    this.promote(bucket)
  }

  /** Up to `count` peers, the nearest first. */
  closest(target: Key, count: number): Contact[] {
    return this.nearest(target, count).map(({ contact }) => contact)
  }

  /**
   * What is known of up to `count` peers, the nearest first; those that failed of late only where there are no others.
   *
   * The bucket of the target's own prefix holds the nearest. All buckets behind it are equally far in their first bit
   * that differs, and every bucket before it is farther than the one behind it.
   */
  nearest(target: Key, count: number): Entry[] {
    const index = Math.min(commonPrefixLength(this.self, target), this.buckets.length)
    const near = nearestTo(target)
    const order: Order = (a, b) => near(a.contact, b.contact)
    const found: Entry[] = []
    this.take(found, order, count, index, index + 1)
    if (found.length < count) this.take(found, order, count, index + 1, this.buckets.length)
    for (let i = index - 1; i >= 0 && found.length < count; i--) this.take(found, order, count, i, i + 1)
    return found
  }

  /** Every peer, in no order. */
  *all(): Generator<Entry> {
    for (const bucket of this.buckets) if (bucket !== undefined) yield* bucket.entries.values()
  }

  /** Buckets that have peers, by the length of the prefix that they share with us. */
  view(): BucketView[] {
    return this.buckets.flatMap((bucket, prefixLength) => {
      if (bucket === undefined || bucket.entries.size === 0) return []
      const peers = [...bucket.entries.values()].map(({ contact, aliveAt, failures }) => {
        return { name: contact.name, aliveAt, failures }
      })
      return [{ prefixLength, peers }]
    })
  }

  /** How many peers a bucket has. */
  countAt(prefixLength: number): number {
    return this.buckets[prefixLength]?.entries.size ?? 0
  }

  /** Behind this bucket are fewer than k peers: a lookup of our own id finds them all. */
  get lastCrowded(): number {
    let behind = 0
    for (let i = this.buckets.length - 1; i > 0; i--) {
      behind += this.countAt(i)
      if (behind >= this.k) return i
    }
    return 0
  }

  private take(found: Entry[], order: Order, count: number, from: number, to: number): void {
    const good: Entry[] = []
    for (let i = from; i < to; i++) {
      for (const entry of this.buckets[i]?.good ?? NONE) good.push(entry)
    }
    good.sort(order)
    for (let i = 0; i < good.length && found.length < count; i++) found.push(good[i] as Entry)
  }

  private contend(bucket: Bucket, entry: Entry, now: number): Admission {
    const weakest = bucket.weakest() as Entry
    if (weakest.failures > 0) {
      this.delete(bucket, weakest)
      this.insert(bucket, entry)
      return { verdict: 'added' }
    }
    const isStale = now - weakest.aliveAt >= STALE_AFTER_MS
    const isTaken = bucket.pending !== undefined && now < bucket.pending.until
    if (!isStale || isTaken) return { verdict: 'full' }
    bucket.pending = { entry, rival: weakest.contact.name, until: now + PENDING_MS }
    return { verdict: 'pending', check: weakest.contact }
  }

  private promote(bucket: Bucket): void {
    const entry = bucket.pending?.entry
    bucket.pending = undefined
    if (entry !== undefined && bucket.entries.size < this.k && !this.isCrowded(bucket, entry.groups)) {
      this.insert(bucket, entry)
    }
  }

  private isCrowded(bucket: Bucket, groups: readonly string[]): boolean {
    return groups.some(group => {
      const inTable = this.groups.get(group) ?? 0
      if (inTable >= this.maxPerGroupInTable) return true
      return inTable >= this.maxPerGroupInBucket && bucket.countOf(group) >= this.maxPerGroupInBucket
    })
  }

  private insert(bucket: Bucket, entry: Entry): void {
    bucket.entries.set(entry.contact.name, entry)
    bucket.changed()
    this.count++
    for (const group of entry.groups) this.groups.set(group, (this.groups.get(group) ?? 0) + 1)
  }

  private delete(bucket: Bucket, entry: Entry): void {
    bucket.entries.delete(entry.contact.name)
    bucket.changed()
    this.count--
    for (const group of entry.groups) {
      const left = (this.groups.get(group) ?? 1) - 1
      if (left > 0) this.groups.set(group, left)
      else this.groups.delete(group)
    }
  }

  private bucketOf(key: Key): Bucket | undefined {
    return this.buckets[commonPrefixLength(this.self, key)]
  }

  private bucketAt(index: number): Bucket {
    while (this.buckets.length <= index) this.buckets.push(undefined)
    const bucket = this.buckets[index] ?? new Bucket()
    this.buckets[index] = bucket
    return bucket
  }
}
