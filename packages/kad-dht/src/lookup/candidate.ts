import type { Contact } from '../contact.ts'

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
  /** When it becomes slow. */
  slowAt: number
  doneAt: number
  /** Peers that it named which were news. */
  news: number
  error: Error | undefined
}
