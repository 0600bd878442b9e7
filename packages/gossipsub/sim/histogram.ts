/** Milliseconds that are told apart; what takes longer counts as this long. */
const LONGEST_MS = 120_000

/** Times in milliseconds, millions of them, to the millisecond. */
export class Histogram {
  private readonly counts = new Uint32Array(LONGEST_MS + 1)
  size = 0
  max = 0

  add(ms: number): void {
    const bin = Math.min(LONGEST_MS, Math.round(ms))
    this.counts[bin] = (this.counts[bin] as number) + 1
    this.size++
    this.max = Math.max(this.max, bin)
  }

  /** The time below which this share of all is. */
  quantile(share: number): number {
    let left = share * this.size
    for (let ms = 0; ms < this.max; ms++) {
      left -= this.counts[ms] as number
      if (left <= 0) return ms
    }
    return this.max
  }

  /** How many took longer. */
  over(ms: number): number {
    return this.counts.subarray(ms + 1).reduce((sum, count) => sum + count, 0)
  }
}
