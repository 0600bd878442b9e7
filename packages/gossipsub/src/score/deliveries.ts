import type { MessageId, PeerKey } from '@ts-libp2p/pubsub'
import { Contents } from './contents.ts'

/** What became of a message. `undecided`: it is being validated. */
export type DeliveryStatus = 'undecided' | 'valid' | 'invalid' | 'ignored' | 'throttled'

export interface Delivery {
  status: DeliveryStatus
  /** When it was accepted. */
  validatedAt: number
  readonly expiresAt: number
  /** Who sent copies of it, while that matters. Made when it does: most of the time it does not. */
  peers: Set<PeerKey> | undefined
}

/** What became of recent messages, so that copies of them can be judged. */
export class Deliveries {
  /** Of those that are undecided or invalid. */
  readonly contents: Contents = new Contents()
  private readonly ttlMs: number
  private readonly limit: number
  /** The oldest is first. */
  private readonly deliveries = new Map<MessageId, Delivery>()

  /** `limit`: messages; when there are more, the oldest go early. */
  constructor(ttlMs: number, limit: number) {
    this.ttlMs = ttlMs
    this.limit = limit
  }

  get size(): number {
    return this.deliveries.size
  }

  of(id: MessageId, now: number): Delivery {
    const known = this.deliveries.get(id)
    if (known !== undefined) return known
    const [oldest] = this.deliveries.size >= this.limit ? this.deliveries.keys() : []
    if (oldest !== undefined) this.forget(oldest)
    const delivery: Delivery = { status: 'undecided', validatedAt: 0, expiresAt: now + this.ttlMs, peers: undefined }
    this.deliveries.set(id, delivery)
    return delivery
  }

  /** Forgets what is old. */
  expire(now: number): void {
    for (const [id, { expiresAt }] of this.deliveries) {
      if (expiresAt >= now) return
      this.forget(id)
    }
  }

  private forget(id: MessageId): void {
    this.deliveries.delete(id)
    this.contents.forget(id)
  }
}
