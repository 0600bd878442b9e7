import type { Contact } from '../contact.ts'
import { nearestTo } from '../key.ts'
import { ALPHA, K } from '../limits.ts'
import type { Candidate } from './candidate.ts'
import { Lookup, type LookupInit } from './lookup.ts'
import type { Search, Step } from './search.ts'

export interface DisjointLookupInit extends Omit<LookupInit, 'claim'> {
  readonly paths: number
}

/**
 * Several searches for one key that never ask the same peer: whoever wants to lead all of them astray must be met on
 * every path. The α of a search is shared by its paths, each of which goes on until its own k nearest have answered.
 *
 * S/Kademlia, section 4.4: https://telematics.tm.kit.edu/publications/Files/267/SKademlia_2007.pdf
 */
export class DisjointLookup implements Search {
  readonly paths: number
  private readonly order: ReturnType<typeof nearestTo>
  private readonly lookups: Lookup[]
  private readonly claimed = new Map<string, number>()
  private readonly k: number
  private turn = 0

  constructor({ paths, ...init }: DisjointLookupInit) {
    this.paths = paths
    this.k = init.k ?? K
    this.order = nearestTo(init.target)
    const alpha = Math.max(1, Math.ceil((init.alpha ?? ALPHA) / paths))
    this.lookups = Array.from({ length: paths }, (_, path) => {
      return new Lookup({ ...init, alpha, claim: name => this.claim(name, path) })
    })
  }

  /** The nearest ones are dealt out, so that every path begins as well as the others. */
  begin(contacts: readonly Contact[], now: number): void {
    for (const [i, contact] of contacts.entries()) this.lookups[i % this.paths]?.begin([contact], now)
  }

  next(now: number): Step {
    let step: Step = 'done'
    for (let i = 0; i < this.paths; i++) {
      const path = (this.turn + i) % this.paths
      const next = this.lookups[path]?.next(now) ?? 'done'
      if (next === 'done') continue
      if (next === 'wait') {
        step = 'wait'
        continue
      }
      this.turn = path + 1
      return next
    }
    return step
  }

  reached(name: string, now: number): void {
    this.lookups[this.pathOf(name)]?.reached(name, now)
  }

  answered(name: string, named: readonly Contact[], now: number): Contact[] {
    return this.lookups[this.pathOf(name)]?.answered(name, named, now) ?? []
  }

  failed(name: string, error: Error, now: number): void {
    this.lookups[this.pathOf(name)]?.failed(name, error, now)
  }

  stop(): void {
    for (const lookup of this.lookups) lookup.stop()
  }

  deadline(): number | undefined {
    const deadlines = this.lookups.map(lookup => lookup.deadline()).filter(deadline => deadline !== undefined)
    return deadlines.length > 0 ? Math.min(...deadlines) : undefined
  }

  slow(): Candidate[] {
    return this.lookups.flatMap(lookup => lookup.slow())
  }

  overdue(now: number): Contact[] {
    return this.lookups.flatMap(lookup => lookup.overdue(now))
  }

  closest(count: number): Contact[] {
    return this.sorted(this.lookups.flatMap(lookup => lookup.closest(count))).slice(0, count)
  }

  holders(): Contact[] {
    const all = this.sorted(this.lookups.flatMap(lookup => lookup.holders()))
    return all.slice(0, Math.max(this.k, this.region().length))
  }

  region(): Contact[] {
    return this.sorted(this.lookups.flatMap(lookup => lookup.region()))
  }

  hasRegion(): boolean {
    return this.lookups.every(lookup => lookup.hasRegion())
  }

  nearest(count: number): Contact[] {
    return this.sorted(this.lookups.flatMap(lookup => lookup.nearest(count))).slice(0, count)
  }

  candidates(): readonly Candidate[] {
    const all = this.lookups.flatMap(lookup => lookup.candidates())
    return all.sort((a, b) => this.order(a.contact, b.contact))
  }

  pathOf(name: string): number {
    return this.claimed.get(name) ?? 0
  }

  progress(path: number): { queued: number; running: number } {
    return this.lookups[path]?.progress() ?? { queued: 0, running: 0 }
  }

  private sorted(contacts: Contact[]): Contact[] {
    return contacts.sort(this.order)
  }

  private claim(name: string, path: number): boolean {
    if (this.claimed.has(name)) return false
    this.claimed.set(name, path)
    return true
  }
}
