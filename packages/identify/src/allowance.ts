import { PUSH_BURST, PUSH_REFILL_MS } from './limits.ts'

/** How many pushes a connection still may send: a burst, and one more each so often. */
export class Allowance {
  private left = PUSH_BURST
  private filledAtMs: number

  constructor(nowMs: number) {
    this.filledAtMs = nowMs
  }

  /** False when there is none left. */
  take(nowMs: number): boolean {
    const earned = Math.max(0, Math.floor((nowMs - this.filledAtMs) / PUSH_REFILL_MS))
    this.filledAtMs += earned * PUSH_REFILL_MS
    this.left = Math.min(PUSH_BURST, this.left + earned)
    if (this.left === 0) return false
    this.left--
    return true
  }
}
