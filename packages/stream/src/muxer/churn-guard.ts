import { MAX_CHURN_BURST, MAX_CHURN_PER_SECOND } from './limits.ts'

/**
 * Counts the peer's streams that came to nothing. Opening streams only to reset them costs a peer nothing and us a
 * negotiation each, and limits on open streams never see them.
 */
export class ChurnGuard {
  private left = MAX_CHURN_BURST
  private countedAt = 0

  /** Counts one more. False when there were too many. */
  count(now: number): boolean {
    const earned = ((now - this.countedAt) / 1000) * MAX_CHURN_PER_SECOND
    this.left = Math.min(MAX_CHURN_BURST, this.left + Math.max(0, earned)) - 1
    this.countedAt = now
    return this.left >= 0
  }
}
