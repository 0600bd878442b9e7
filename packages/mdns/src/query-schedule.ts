import type { Random } from '@ts-libp2p/interface'
import { FIRST_QUERY_INTERVAL_MS, MAX_ANSWER_DELAY_MS, MIN_ANSWER_DELAY_MS } from './limits.ts'

/** When to ask who is there: often at first, then ever more rarely. */
export class QuerySchedule {
  private readonly random: Pick<Random, 'float'>
  private readonly maxIntervalMs: number
  private intervalMs = FIRST_QUERY_INTERVAL_MS
  /** When the next question is due. */
  at: number = Number.POSITIVE_INFINITY

  constructor(random: Pick<Random, 'float'>, maxIntervalMs: number) {
    this.random = random
    this.maxIntervalMs = maxIntervalMs
  }

  /** Begins anew: there is a new network, or somebody is looked for. */
  hurry(now: number): void {
    this.intervalMs = Math.min(FIRST_QUERY_INTERVAL_MS, this.maxIntervalMs)
    this.at = Math.min(this.at, now + shortDelay(this.random))
  }

  asked(now: number): void {
    this.at = now + this.spread()
    this.intervalMs = Math.min(this.intervalMs * 2, this.maxIntervalMs)
  }

  /** Another asked the same of all: the answers are for us too. Source: RFC 6762 §7.3. */
  heard(now: number): void {
    if (this.intervalMs === this.maxIntervalMs) this.at = Math.max(this.at, now + this.spread())
  }

  stop(): void {
    this.at = Number.POSITIVE_INFINITY
  }

  /** Not all at the same moment: one asks, and the others hear the answers. */
  private spread(): number {
    return this.intervalMs * (1 + this.random.float() / 5)
  }
}

/** Many would speak at once otherwise. */
export function shortDelay(random: Pick<Random, 'float'>): number {
  return MIN_ANSWER_DELAY_MS + random.float() * (MAX_ANSWER_DELAY_MS - MIN_ANSWER_DELAY_MS)
}
