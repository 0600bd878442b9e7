import { FIRST_PATIENCE_MS, MAX_PATIENCE_MS, MIN_PATIENCE_MS } from '../limits.ts'
import type { Waits } from './search.ts'

/** Weights of a new sample, as TCP's round-trip estimate has them (RFC 6298). */
const MEAN_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4
/** Of a normal distribution 95 % lie within so many mean deviations above, and 99.9 %. */
const LATE_DEVIATIONS = 2
const SLOW_DEVIATIONS = 4

/** How long an answer usually takes, learnt from those that came: as TCP does it, by their mean and deviation. */
export class Patience implements Waits {
  private readonly firstMs: number
  private meanMs: number | undefined
  private deviationMs = 0

  constructor(firstMs: number = FIRST_PATIENCE_MS) {
    this.firstMs = firstMs
  }

  learn(sampleMs: number): void {
    if (this.meanMs === undefined) {
      this.meanMs = sampleMs
      this.deviationMs = sampleMs / 2
      return
    }
    const error = sampleMs - this.meanMs
    this.meanMs += MEAN_WEIGHT * error
    this.deviationMs += DEVIATION_WEIGHT * (Math.abs(error) - this.deviationMs)
  }

  get lateMs(): number {
    return this.meanMs === undefined ? this.firstMs / 2 : this.within(LATE_DEVIATIONS)
  }

  get slowMs(): number {
    return this.meanMs === undefined ? this.firstMs : this.within(SLOW_DEVIATIONS)
  }

  private within(deviations: number): number {
    const ms = (this.meanMs ?? 0) + deviations * this.deviationMs
    return Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, ms))
  }
}
