import type { Contact } from '../contact.ts'
import type { Candidate } from './candidate.ts'

/** How long an answer usually takes, milliseconds. */
export interface Waits {
  /** Most answers are there by then: somebody else is asked too. */
  readonly lateMs: number
  /** Nearly all are there by then: nobody waits for it any more. */
  readonly slowMs: number
}

/** What to expect of a peer: may change from one question to the next. */
export type PatienceFor = (contact: Contact) => Waits

/** Ask this peer; wait for an answer or for the time to pass; or it is over. */
export type Step = Contact | 'wait' | 'done'

/**
 * A search for the peers nearest to a key, as a machine without time or network: ask it for the next step until it says
 * `wait` or `done`, tell it what peers say, and ask again.
 */
export interface Search {
  /** Peers to begin with. */
  begin(contacts: readonly Contact[], now: number): void
  next(now: number): Step
  /** A peer that had to be dialled was: its answer is a round trip away. */
  reached(name: string, now: number): void
  /** A peer answered and named others. Returns those that were news. */
  answered(name: string, named: readonly Contact[], now: number): Contact[]
  failed(name: string, error: Error, now: number): void
  /** Ends it: `next` says `done`. */
  stop(): void
  /** When `next` may say something else although nobody answered. */
  deadline(): number | undefined
  /** Peers that were held slow when it ended. */
  slow(): Candidate[]
  /** Peers whose request has been under way for too long. */
  overdue(now: number): Contact[]
  /** The nearest peers that answered, the nearest first. */
  closest(count: number): Contact[]
  /** Those that a record belongs at: the k nearest that answered, and all others of the region around the target. */
  holders(): Contact[]
  /** Those of the region around the target that answered. */
  region(): Contact[]
  /** Whether nobody known of the region is still to be asked, or still to answer. */
  hasRegion(): boolean
  /** The nearest peers that have not failed, asked or not. */
  nearest(count: number): Contact[]
  /** Everybody it came across, the nearest first. */
  candidates(): readonly Candidate[]
  /** The disjoint path that a peer is on, from 0. */
  pathOf(name: string): number
  /** Peers of a path that wait to be asked, and requests under way. */
  progress(path: number): { queued: number; running: number }
  readonly paths: number
}
