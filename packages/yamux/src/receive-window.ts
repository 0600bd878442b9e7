import { INITIAL_WINDOW_BYTES, TUNING_ROUND_TRIPS } from './limits.ts'

/**
 * The credit that we give on one stream. What arrives uses it up; what the application consumes earns it back, and is
 * granted to the remote once half of the window was consumed. A stream that keeps up with its sender gets a larger one.
 */
export class ReceiveWindow {
  /** Bytes that may be under way or unread at once. */
  size: number = INITIAL_WINDOW_BYTES
  private readonly maxSize: number
  /** Bytes that the remote may still send. */
  private credit: number = INITIAL_WINDOW_BYTES
  /** Bytes announced by the remote and not consumed. */
  private unread = 0
  private consumedSinceGrant = 0
  private grantedAt: number

  constructor(maxSize: number, now: number) {
    this.maxSize = maxSize
    this.grantedAt = now
  }

  /** The window beyond what every stream starts with. */
  get extraBytes(): number {
    return this.size - INITIAL_WINDOW_BYTES
  }

  get creditBytes(): number {
    return this.credit
  }

  /** Uses credit for a frame's body, all of it at once. False when there is not that much. */
  take(bytes: number): boolean {
    if (bytes > this.credit) return false
    this.credit -= bytes
    this.unread += bytes
    return true
  }

  /** True when the remote is due an update. */
  consume(bytes: number): boolean {
    this.unread -= bytes
    this.consumedSinceGrant += bytes
    return this.consumedSinceGrant * 2 >= this.size
  }

  /** Doubles the window, `spareBytes` allowing, when it was consumed so fast that it held the sender back. */
  tune(now: number, rttMs: number | undefined, spareBytes: number): void {
    if (rttMs === undefined || now - this.grantedAt >= rttMs * TUNING_ROUND_TRIPS) return
    this.size = Math.min(this.size * 2, this.maxSize, this.size + spareBytes)
  }

  /** The credit to give now, so that the remote may fill the window again. */
  grant(now: number): number {
    const bytes = this.size - this.credit - this.unread
    this.credit += bytes
    this.consumedSinceGrant = 0
    this.grantedAt = now
    return bytes
  }
}
