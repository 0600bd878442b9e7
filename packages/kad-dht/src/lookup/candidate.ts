import type { Contact } from '../contact.ts'
import type { Waits } from './search.ts'

/**
 * - `heard`: somebody named it
 * - `asked`: a request is under way
 * - `slow`: a request has been under way for longer than is usual; nobody waits for it, but its answer counts
 * - `answered`, `failed`: over
 */
export type CandidateState = 'heard' | 'asked' | 'slow' | 'answered' | 'failed'

/** What a lookup knows of one peer. */
export class Candidate {
  readonly contact: Contact
  state: CandidateState = 'heard'
  /** Who named it; undefined where we knew it ourselves. */
  readonly heardFrom: string | undefined
  readonly heardAt: number
  /** Requests that led to it: 1 for the peers that we knew. */
  readonly hops: number
  askedAt = 0
  /** How long its answer may take. What is usual may be learnt while it is waited for. */
  waits: Waits = NO_WAITS
  /** Another one is asked in its place, and it is waited for at the end only. */
  isLate = false
  doneAt = 0
  /** Peers that it named which were news. */
  news = 0
  error: Error | undefined = undefined

  constructor(contact: Contact, from: Candidate | undefined, now: number) {
    this.contact = contact
    this.heardFrom = from?.contact.name
    this.heardAt = now
    this.hops = (from?.hops ?? 0) + 1
  }
}

const NO_WAITS: Waits = { lateMs: 0, slowMs: 0 }
