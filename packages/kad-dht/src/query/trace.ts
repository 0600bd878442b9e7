import type { PeerId } from '@ts-libp2p/interface'
import type { Candidate, CandidateState } from '../lookup/candidate.ts'
import type { MessageName } from '../wire/message.ts'

/** One peer that a lookup came across. */
export interface TraceStep {
  readonly peer: PeerId
  readonly state: CandidateState
  /** Who named it; undefined where we knew it. */
  readonly heardFrom?: string
  /** Requests that led to it: 1 for the peers that we knew. */
  readonly hops: number
  /** Milliseconds from the beginning of the lookup; undefined when it was never asked. */
  readonly askedMs?: number
  /** Milliseconds that its answer took. */
  readonly tookMs?: number
  /** Peers that it named which were news. */
  readonly news: number
  readonly error?: Error
}

/** What a lookup did: who was asked when, and what they said. */
export interface Trace {
  readonly message: MessageName
  /** Bytes of the key asked for. */
  readonly key: Uint8Array
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly tookMs: number
  /** In the order of asking; those never asked at the end, the nearest first. */
  readonly steps: readonly TraceStep[]
}

export interface TraceInit extends Pick<Trace, 'message' | 'key' | 'startedAt'> {
  readonly candidates: readonly Candidate[]
  readonly endedAt: number
}

export function traceOf({ message, key, startedAt, endedAt, candidates }: TraceInit): Trace {
  const steps = candidates.map(candidate => stepOf(candidate, startedAt))
  steps.sort((a, b) => (a.askedMs ?? Number.POSITIVE_INFINITY) - (b.askedMs ?? Number.POSITIVE_INFINITY) || 0)
  return { message, key, startedAt, tookMs: endedAt - startedAt, steps }
}

function stepOf(candidate: Candidate, startedAt: number): TraceStep {
  const { contact, state, heardFrom, hops, askedAt, doneAt, news, error } = candidate
  const step = { peer: contact.id, state, heardFrom, hops, news, error }
  if (state === 'heard') return step
  const isOver = state === 'answered' || state === 'failed'
  return { ...step, askedMs: askedAt - startedAt, tookMs: isOver ? doneAt - askedAt : undefined }
}
