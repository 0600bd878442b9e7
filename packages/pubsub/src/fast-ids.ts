import type { MessageId } from './ids.ts'

/** Fast ids that are remembered, about: two generations of half as many. */
const MAX_FAST_IDS = 100_000

/** Message ids by their fast ids; the oldest half is forgotten when there are too many. */
export class FastIds {
  private young = new Map<string | number, MessageId>()
  private old = new Map<string | number, MessageId>()

  get(fastId: string | number): MessageId | undefined {
    return this.young.get(fastId) ?? this.old.get(fastId)
  }

  set(fastId: string | number, id: MessageId): void {
    if (this.young.size >= MAX_FAST_IDS / 2) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(fastId, id)
  }
}
