import { DIAL_ROUND_TRIPS, FIRST_PATIENCE_MS, MAX_PATIENCE_MS, MIN_PATIENCE_MS } from '../limits.ts'
import type { Waits } from './search.ts'

/** Weights of a new sample, as TCP's round-trip estimate has them (RFC 6298). */
const MEAN_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4
/** Of a normal distribution 95 % lie within so many mean deviations above, and 99.9 %. */
const LATE_DEVIATIONS = 2
const SLOW_DEVIATIONS = 4

/**
 * How long an answer usually takes, learnt from those that came: as TCP does it, by their mean and deviation. The fast
 * answer first, so the first ones must not be taken for the rule: it begins as if one had taken a third of `firstMs`.
 */
export class Patience implements Waits {
  private meanMs: number
  private deviationMs: number

  constructor(firstMs: number = FIRST_PATIENCE_MS) {
    this.meanMs = firstMs / 3
    this.deviationMs = this.meanMs / 2
  }

  learn(sampleMs: number): void {
    const error = sampleMs - this.meanMs
    this.meanMs += MEAN_WEIGHT * error
    this.deviationMs += DEVIATION_WEIGHT * (Math.abs(error) - this.deviationMs)
  }

  get lateMs(): number {
    return this.within(LATE_DEVIATIONS)
  }

  get slowMs(): number {
    return this.within(SLOW_DEVIATIONS)
  }

  private within(deviations: number): number {
    return bounded(this.meanMs + deviations * this.deviationMs)
  }
}

/**
 * What to expect of a peer that was dialled, which tells how far it is: its answer takes one more round trip, and as that
 * was measured just now, it varies less than those of many peers do.
 */
export function waitsAfterDial(dialMs: number): Waits {
  const roundTripMs = dialMs / DIAL_ROUND_TRIPS
  const within = (deviations: number): number => dialMs + bounded(roundTripMs * (1 + deviations / 4))
  return { lateMs: within(LATE_DEVIATIONS), slowMs: within(SLOW_DEVIATIONS) }
}

function bounded(ms: number): number {
  return Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, ms))
}
