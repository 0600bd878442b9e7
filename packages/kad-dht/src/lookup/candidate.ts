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
export interface Candidate {
  readonly contact: Contact
  state: CandidateState
  /** Who named it; undefined where we knew it ourselves. */
  readonly heardFrom: string | undefined
  readonly heardAt: number
  /** Requests that led to it: 1 for the peers that we knew. */
  readonly hops: number
  /** The network that it is in, where that counts. */
  readonly group: string | undefined
  askedAt: number
  /** How long its answer may take. What is usual may be learnt while it is waited for. */
  waits: Waits
  /** The search goes on around it, and waits for it at the end only. */
  isLate: boolean
  doneAt: number
  /** Peers that it named which were news. */
  news: number
  error: Error | undefined
}
