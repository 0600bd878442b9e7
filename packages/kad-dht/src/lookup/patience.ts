import { FIRST_PATIENCE_MS, MAX_PATIENCE_MS, MIN_PATIENCE_MS } from '../limits.ts'

/** Weights of a new sample, as TCP's round-trip estimate has them (RFC 6298). */
const MEAN_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4
const DEVIATIONS = 4

/** How long an answer usually takes, learnt from those that came: the mean and four deviations, as TCP does it. */
export class Patience {
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

  /** Milliseconds after which a peer counts as slow. */
  get ms(): number {
    if (this.meanMs === undefined) return this.firstMs
    const usual = this.meanMs + DEVIATIONS * this.deviationMs
    return Math.min(MAX_PATIENCE_MS, Math.max(MIN_PATIENCE_MS, usual))
  }
}
