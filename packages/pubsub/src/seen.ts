import type { MessageId } from './ids.ts'

/** How many sets hold one TTL. More would be more exact, and slower to look through. */
const GENERATIONS = 2

/** Remembers ids for at least the TTL, and at most half as long again: whole generations are forgotten at once. */
export class SeenCache {
  private readonly ttlMs: number
  private readonly limit: number
  /** The youngest is first. */
  private generations: Set<MessageId>[] = [new Set()]
  private startedAt: number | undefined

  /** `limit`: ids that are kept; when there are more, the oldest generation goes early. */
  constructor(ttlMs: number, limit: number) {
    this.ttlMs = ttlMs
    this.limit = limit
  }

  get size(): number {
    return this.generations.reduce((sum, { size }) => sum + size, 0)
  }

  has(id: MessageId): boolean {
    for (const generation of this.generations) if (generation.has(id)) return true
    return false
  }

  /** False when it was there. */
  add(id: MessageId, now: number): boolean {
    if (this.has(id)) return false
    this.turnOver(now)
    this.generations[0]?.add(id)
    return true
  }

  /** Forgets what is old. */
  turnOver(now: number): void {
    this.startedAt ??= now
    const lasts = this.ttlMs / GENERATIONS
    const isFull = (this.generations[0]?.size ?? 0) >= this.limit / (GENERATIONS + 1)
    if (now - this.startedAt < lasts && !isFull) return
    const gone = isFull ? 1 : Math.min(GENERATIONS + 1, Math.floor((now - this.startedAt) / lasts))
    for (let i = 0; i < gone; i++) this.generations.unshift(new Set())
    this.generations.length = Math.min(this.generations.length, GENERATIONS + 1)
    this.startedAt = now
  }
}
