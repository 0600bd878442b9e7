import type { SwarmLimits } from './limits.ts'

type InboundLimits = Pick<
  SwarmLimits,
  'maxInboundPending' | 'inboundPerHostPerSecond' | 'inboundPerHostBurst' | 'maxTrackedHosts'
>

/** What to do with a new inbound connection: refuse it, or take it and cut the pending one named. */
export type Admission = { accept: false; reason: 'rate' } | { accept: true; evict?: number }

/**
 * Decides which inbound connections may begin their handshake. Each host has an allowance that refills with time;
 * and when too many handshakes are under way, the host with most of them loses its oldest, so that one who opens
 * connections and says nothing can crowd out only itself.
 */
export class InboundLimiter {
  private readonly limits: InboundLimits
  private readonly pending = new Map<number, string>()
  private readonly perHost = new Map<string, Set<number>>()
  private readonly buckets = new Map<string, { tokens: number; at: number }>()

  constructor(limits: InboundLimits) {
    this.limits = limits
  }

  get pendingCount(): number {
    return this.pending.size
  }

  admit(id: number, host: string, now: number): Admission {
    if (!this.takeToken(host, now)) return { accept: false, reason: 'rate' }
    const evict = this.pending.size >= this.limits.maxInboundPending ? this.victim(host) : undefined
    if (evict !== undefined) this.done(evict)
    this.pending.set(id, host)
    const ids = this.perHost.get(host) ?? new Set()
    this.perHost.set(host, ids.add(id))
    return { accept: true, evict }
  }

  /** The handshake ended, either way. */
  done(id: number): void {
    const host = this.pending.get(id)
    if (host === undefined) return
    this.pending.delete(id)
    const ids = this.perHost.get(host)
    ids?.delete(id)
    if (ids?.size === 0) this.perHost.delete(host)
  }

  /** The oldest pending connection of the most crowded host; the newcomer's own counts as one more. */
  private victim(newcomer: string): number | undefined {
    let worst: Set<number> | undefined
    let most = 0
    for (const [host, ids] of this.perHost) {
      const size = ids.size + (host === newcomer ? 1 : 0)
      if (size > most) [worst, most] = [ids, size]
    }
    return worst?.values().next().value
  }

  private takeToken(host: string, now: number): boolean {
    const { inboundPerHostBurst: burst, inboundPerHostPerSecond: rate, maxTrackedHosts } = this.limits
    const bucket = this.buckets.get(host) ?? { tokens: burst, at: now }
    // A clock that is set back must not take away what was earned.
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * rate)
    this.buckets.delete(host)
    this.buckets.set(host, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
    if (this.buckets.size > maxTrackedHosts) {
      const quietest = this.buckets.keys().next().value
      if (quietest !== undefined) this.buckets.delete(quietest)
    }
    return tokens >= 1
  }
}
