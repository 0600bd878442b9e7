import { fromUtf8 } from '@ts-libp2p/bytes'
import { MAX_DISCOVER_LIMIT, MAX_RESPONSE_BYTES } from './limits.ts'
import type { FoundRegistration } from './messages.ts'
import type { Registration } from './registry.ts'

/** Tags, lengths and the time of a registration; and what is around them all. */
const OVERHEAD_BYTES = 32
const FRAME_BYTES = 256

/** The registrations of one answer: as many as were asked for and fit. */
export class DiscoverPage {
  readonly registrations: FoundRegistration[] = []
  /** There was one more that did not fit. */
  isFull = false
  lastPosition = 0
  private readonly limit: number
  private readonly now: number
  private bytesLeft = MAX_RESPONSE_BYTES - FRAME_BYTES

  /** `limit` 0 means: as many as you like. */
  constructor(limit: number, now: number) {
    this.limit = limit > 0 ? Math.min(limit, MAX_DISCOVER_LIMIT) : MAX_DISCOVER_LIMIT
    this.now = now
  }

  add({ ns, record, expiresAt, position }: Registration): boolean {
    const bytes = record.byteLength + fromUtf8(ns).byteLength + OVERHEAD_BYTES
    this.isFull = this.registrations.length >= this.limit || bytes > this.bytesLeft
    if (this.isFull) return false
    this.bytesLeft -= bytes
    this.lastPosition = position
    this.registrations.push({ ns, record, ttlSeconds: Math.ceil((expiresAt - this.now) / 1000) })
    return true
  }
}
