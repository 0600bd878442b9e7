import type { Contact } from '../contact.ts'
import { headOf, type Key, nearestTo } from '../key.ts'
import {
  ALPHA,
  BETA,
  K,
  MAX_CANDIDATES,
  MAX_PER_GROUP_IN_LOOKUP,
  MAX_REGION_ANSWERS,
  MAX_SLOW,
  REQUEST_TIMEOUT_MS
} from '../limits.ts'
import { Candidate, type CandidateState } from './candidate.ts'
import { waitsAfterDial } from './patience.ts'
import type { PatienceFor, Search, Step } from './search.ts'

export interface LookupInit {
  readonly target: Key
  /** Never asked: ourselves. */
  readonly self?: string
  /** Peers to find. Default 20. */
  readonly k?: number
  /** Requests at once until the search has converged. Default 10. */
  readonly alpha?: number
  /** The nearest peers that must have answered for that. Default 3. */
  readonly beta?: number
  readonly patience: PatienceFor
  /** The share of requests that nobody answers, as far as is known: more peers are asked from the start. Default 0. */
  readonly silence?: () => number
  readonly maxPerGroup?: number
  /** The share of the key space around the target of which everybody is asked, also beyond k. Default 0. */
  readonly region?: number
  readonly requestTimeoutMs?: number
  /** Takes a peer for this search alone; false when another has it. For disjoint paths. */
  readonly claim?: (name: string) => boolean
}

/**
 * An iterative search. Peers are held in the order of their distance and the nearest ones that were not asked yet are
 * asked, α at a time. When the β nearest have answered the search has converged, and the rest of the k nearest are
 * asked all at once. It ends when the k nearest have answered.
 *
 * Nobody waits for the dead: as many are asked as it takes for k answers in all likelihood, another one is asked in the
 * place of a peer that is late, and the search ends without one that is slow, though its answer is welcome.
 * Peers of one network beyond a number are passed over as long as there are others. Where the k nearest all lie in a
 * region that is too small for so many, the rest of the region is asked too: there may be honest ones among them.
 */
export class Lookup implements Search {
  readonly paths = 1
  private readonly init: Required<Omit<LookupInit, 'self' | 'claim'>> & Pick<LookupInit, 'self' | 'claim'>
  private readonly order: ReturnType<typeof nearestTo>
  private readonly head: number
  /** How far the region reaches, in heads of keys. */
  private readonly reach: number
  /** The nearest first. */
  private readonly list: Candidate[] = []
  private readonly byName = new Map<string, Candidate>()
  /** Those whose answer is due. */
  private readonly inFlight = new Set<Candidate>()
  private asked = 0
  /** Those of them that are late. */
  private late = 0
  private slowOnes = 0
  private hasConverged = false
  private isStopped = false

  constructor(init: LookupInit) {
    const { maxPerGroup = MAX_PER_GROUP_IN_LOOKUP, requestTimeoutMs = REQUEST_TIMEOUT_MS } = init
    this.order = nearestTo(init.target)
    this.init = { k: K, alpha: ALPHA, beta: BETA, silence: () => 0, region: 0, ...init, maxPerGroup, requestTimeoutMs }
    this.head = headOf(init.target)
    this.reach = this.init.region * 2 ** 32
  }

  begin(contacts: readonly Contact[], now: number): void {
    for (const contact of contacts) this.hear(contact, undefined, now)
  }

  next(now: number): Step {
    if (this.isStopped) return 'done'
    this.passOver(now)
    const { step, considered } = this.walk(now, this.init.maxPerGroup)
    if (step !== 'done' || considered >= this.init.k) return step
    // Not enough peers of different networks: the others count too.
    return this.walk(now, Number.POSITIVE_INFINITY).step
  }

  reached(name: string, now: number): void {
    const candidate = this.byName.get(name)
    if (candidate?.state === 'asked') candidate.waits = waitsAfterDial(now - candidate.askedAt)
  }

  answered(name: string, named: readonly Contact[], now: number): Contact[] {
    const candidate = this.settle(name, now)
    if (candidate === undefined) return []
    candidate.state = 'answered'
    const news = named.filter(contact => this.hear(contact, candidate, now))
    candidate.news = news.length
    return news
  }

  failed(name: string, error: Error, now: number): void {
    const candidate = this.settle(name, now)
    if (candidate === undefined) return
    candidate.state = 'failed'
    candidate.error = error
  }

  stop(): void {
    this.isStopped = true
  }

  deadline(): number | undefined {
    if (this.asked + this.slowOnes === 0) return undefined
    let deadline = Number.POSITIVE_INFINITY
    for (const candidate of this.inFlight) {
      if (candidate.state === 'asked') deadline = Math.min(deadline, this.dueAt(candidate, !candidate.isLate))
      if (candidate.state === 'slow') deadline = Math.min(deadline, candidate.askedAt + this.init.requestTimeoutMs)
    }
    return deadline
  }

  slow(): Candidate[] {
    return [...this.inFlight].filter(({ state }) => state === 'slow')
  }

  overdue(now: number): Contact[] {
    if (this.slowOnes === 0) return []
    const { requestTimeoutMs } = this.init
    return [...this.inFlight].flatMap(({ state, askedAt, contact }) => {
      return state === 'slow' && now - askedAt >= requestTimeoutMs ? [contact] : []
    })
  }

  closest(count: number): Contact[] {
    return this.pick(count, state => state === 'answered')
  }

  holders(): Contact[] {
    return this.closest(Math.max(this.init.k, this.region().length))
  }

  region(): Contact[] {
    return this.list.flatMap(({ state, contact }) => (state === 'answered' && this.isWithin(contact) ? [contact] : []))
  }

  hasRegion(): boolean {
    const groups = new Map<string, number>()
    let answered = 0
    for (const { state, isLate, contact } of this.list) {
      if (!this.isWithin(contact) || answered >= MAX_REGION_ANSWERS * this.init.k) return true
      if (state === 'failed' || state === 'slow' || isOver(groups, contact.group, this.init.maxPerGroup)) continue
      if (state === 'answered') answered++
      else if (!isLate) return false
    }
    return true
  }

  nearest(count: number): Contact[] {
    return this.pick(count, state => state !== 'failed')
  }

  candidates(): readonly Candidate[] {
    return this.list
  }

  pathOf(): number {
    return 0
  }

  progress(): { queued: number; running: number } {
    return { queued: this.byName.size - this.asked - this.slowOnes, running: this.asked + this.slowOnes }
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private hear(contact: Contact, from: Candidate | undefined, now: number): boolean {
    const { name } = contact
    if (name === this.init.self || this.byName.has(name)) return false
    const at = this.placeOf(contact)
    if (at >= MAX_CANDIDATES || this.init.claim?.(name) === false) return false
    const candidate = new Candidate(contact, from, now)
    this.list.splice(at, 0, candidate)
    this.byName.set(name, candidate)
    if (this.list.length > MAX_CANDIDATES) this.forgetFarthest()
    return true
  }

  private placeOf(contact: Contact): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.order((this.list[middle] as Candidate).contact, contact) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Of those that nobody has asked. */
  private forgetFarthest(): void {
    const at = this.list.findLastIndex(({ state }) => state === 'heard')
    const [gone] = at < 0 ? [] : this.list.splice(at, 1)
    if (gone !== undefined) this.byName.delete(gone.contact.name)
  }

  private settle(name: string, now: number): Candidate | undefined {
    const candidate = this.byName.get(name)
    if (candidate?.state === 'asked') this.leaveAsked(candidate)
    else if (candidate?.state === 'slow') this.slowOnes--
    else return undefined
    this.inFlight.delete(candidate)
    candidate.doneAt = now
    return candidate
  }

  private leaveAsked(candidate: Candidate): void {
    this.asked--
    if (candidate.isLate) this.late--
  }

  /** When a peer that is asked becomes late, or slow. */
  private dueAt({ askedAt, waits }: Candidate, isForLate: boolean): number {
    return askedAt + Math.min(isForLate ? waits.lateMs : waits.slowMs, this.init.requestTimeoutMs)
  }

  private passOver(now: number): void {
    if (this.asked === 0) return
    for (const candidate of this.inFlight) {
      if (candidate.state !== 'asked') continue
      if (now >= this.dueAt(candidate, false)) {
        this.leaveAsked(candidate)
        candidate.state = 'slow'
        this.slowOnes++
      } else if (!candidate.isLate && now >= this.dueAt(candidate, true)) {
        candidate.isLate = true
        this.late++
      }
    }
  }

  /** From the nearest outwards: what is missing for k answers of peers that are neither dead nor slow. */
  private walk(now: number, maxPerGroup: number): { step: Step; considered: number } {
    const { k, beta } = this.init
    const groups = new Map<string, number>()
    const share = 1 - this.init.silence()
    let considered = 0
    let answered = 0
    /** Answers that may be counted on. */
    let expected = 0
    let isWaiting = false
    let isBlocked = false
    for (const candidate of this.list) {
      const { state, isLate, contact } = candidate
      const wanted = this.isWithin(contact) ? MAX_REGION_ANSWERS * k : k
      if (answered >= wanted) break
      if (state === 'failed' || state === 'slow') continue
      if (state === 'heard' && expected > wanted - ENOUGH) break
      if (isOver(groups, contact.group, maxPerGroup)) continue
      considered++
      if (state === 'heard') return { step: this.mayAsk() ? this.ask(candidate, now) : 'wait', considered }
      if (state === 'asked') isWaiting = true
      if (state === 'asked' && !isLate) isBlocked = true
      if (state === 'answered' && ++answered >= beta && !isBlocked) this.hasConverged = true
      if (state === 'answered') expected++
      else if (!isLate) expected += share
    }
    if (isWaiting) return { step: 'wait', considered }
    return { step: answered < beta && this.slowOnes > 0 ? 'wait' : 'done', considered }
  }

  private isWithin({ head }: Contact): boolean {
    return (head ^ this.head) >>> 0 < this.reach
  }

  private mayAsk(): boolean {
    const { alpha, k } = this.init
    return this.asked - this.late < (this.hasConverged ? 2 * k : alpha) && this.late + this.slowOnes < MAX_SLOW
  }

  private ask(candidate: Candidate, now: number): Contact {
    candidate.state = 'asked'
    candidate.askedAt = now
    candidate.waits = this.init.patience(candidate.contact)
    this.asked++
    this.inFlight.add(candidate)
    return candidate.contact
  }

  /** Peers of different networks first, as long as there are enough. */
  private pick(count: number, fits: (state: CandidateState) => boolean): Contact[] {
    const { maxPerGroup } = this.init
    const groups = new Map<string, number>()
    const picked: Contact[] = []
    const spare: Contact[] = []
    for (const { state, contact } of this.list) {
      if (!fits(state)) continue
      ;(isOver(groups, contact.group, maxPerGroup) ? spare : picked).push(contact)
      if (picked.length === count) return picked
    }
    picked.push(...spare.slice(0, count - picked.length))
    return picked.sort(this.order)
  }
}

/** Half an answer more is not worth a request. */
const ENOUGH = 0.5

/** Counts the peer in its network, unless that is full. */
function isOver(groups: Map<string, number>, group: string | undefined, limit: number): boolean {
  if (group === undefined) return false
  const count = groups.get(group) ?? 0
  if (count >= limit) return true
  groups.set(group, count + 1)
  return false
}
