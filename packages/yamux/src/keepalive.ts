/** Asks the peer for signs of life, and times its answers. One ping is under way at most. */
export class Keepalive {
  /** The round trip, smoothed, milliseconds; undefined until the first answer. */
  rttMs: number | undefined
  private readonly intervalMs: number
  private readonly timeoutMs: number
  private state: 'idle' | 'due' | 'sent' = 'idle'
  private value = 0
  private askedAt = Number.NEGATIVE_INFINITY
  private sentAt = 0

  constructor(intervalMs: number, timeoutMs: number) {
    this.intervalMs = intervalMs
    this.timeoutMs = timeoutMs
  }

  /**
   * Asks when it is time. Returns the milliseconds until the next check, or undefined when the peer, last heard at
   * `heardAt`, is taken for dead. Whatever it sends counts as life: on a slow line the pong queues behind other data.
   */
  check(now: number, heardAt: number): number | undefined {
    if (this.state !== 'idle') {
      const left = Math.max(this.askedAt, heardAt) + this.timeoutMs - now
      return left > 0 ? left : undefined
    }
    const wait = this.askedAt + this.intervalMs - now
    if (wait > 0) return wait
    this.state = 'due'
    this.askedAt = now
    this.value = (this.value + 1) >>> 0
    return this.timeoutMs
  }

  /** The value of the ping to send now, if one is due. */
  takeDue(now: number): number | undefined {
    if (this.state !== 'due') return undefined
    this.state = 'sent'
    this.sentAt = now
    return this.value
  }

  /** False for an answer to something that was not asked. */
  pong(value: number, now: number): boolean {
    if (this.state !== 'sent' || value !== this.value) return false
    this.state = 'idle'
    const sample = now - this.sentAt
    this.rttMs = this.rttMs === undefined ? sample : (this.rttMs + sample) / 2
    return true
  }
}
