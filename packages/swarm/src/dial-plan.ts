import type { Multiaddr } from '@ts-libp2p/interface'
import { rankAddresses } from './ranking.ts'

/** What happens to a dial, from outside. */
export type DialInput =
  | { type: 'addresses'; addresses: readonly Multiaddr[]; more: boolean }
  | { type: 'failed'; address: Multiaddr }
  | { type: 'time' }

/** What a dial wants done. `exhausted` comes last: every address failed, and no more can come. */
export type DialEffect = { type: 'start'; address: Multiaddr } | { type: 'wake'; atMs: number } | { type: 'exhausted' }

/**
 * Decides which address of a peer to try when: in the order and with the delays of `rankAddresses`, a few at a time,
 * and at once whenever nothing is under way. Addresses may still come while others are tried, as names resolve.
 *
 * It owns no clock and no socket: `now` comes in, effects go out.
 */
export class DialPlan {
  private readonly startedAt: number
  private readonly maxParallel: number
  private waiting: { address: Multiaddr; dueAt: number }[] = []
  private readonly known = new Set<string>()
  private readonly running = new Set<string>()
  private mayGrow = true

  constructor(now: number, maxParallel: number) {
    this.startedAt = now
    this.maxParallel = maxParallel
  }

  handle(input: DialInput, now: number): DialEffect[] {
    if (input.type === 'addresses') this.onAddresses(input.addresses, input.more)
    if (input.type === 'failed') this.running.delete(input.address.toString())
    return this.next(now)
  }

  private onAddresses(addresses: readonly Multiaddr[], more: boolean): void {
    this.mayGrow = more
    const fresh = addresses.filter(ma => {
      const isNew = !this.known.has(ma.toString())
      this.known.add(ma.toString())
      return isNew
    })
    for (const { address, delayMs } of rankAddresses(fresh)) {
      this.waiting.push({ address, dueAt: this.startedAt + delayMs })
    }
    this.waiting.sort((a, b) => a.dueAt - b.dueAt)
  }

  private next(now: number): DialEffect[] {
    const effects: DialEffect[] = []
    while (this.running.size < this.maxParallel) {
      const first = this.waiting[0]
      if (first === undefined) break
      // Nothing under way: waiting any longer would only lose time.
      if (first.dueAt > now && this.running.size > 0) {
        effects.push({ type: 'wake', atMs: first.dueAt })
        break
      }
      this.waiting.shift()
      this.running.add(first.address.toString())
      effects.push({ type: 'start', address: first.address })
    }
    if (this.running.size === 0 && this.waiting.length === 0 && !this.mayGrow) effects.push({ type: 'exhausted' })
    return effects
  }
}
