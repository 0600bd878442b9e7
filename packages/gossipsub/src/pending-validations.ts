import type { PeerId } from '@ts-libp2p/interface'
import { type Message, type MessageId, TopicValidatorResult } from '@ts-libp2p/pubsub'

interface Pending {
  readonly since: number
  readonly settle: (result: TopicValidatorResult) => void
}

/** Messages whose worth the application will report. */
export class PendingValidations {
  private readonly pending = new Map<MessageId, Pending>()
  private readonly now: () => number
  private readonly announce: (peer: PeerId, message: Message, id: MessageId) => void

  constructor(now: () => number, announce: (peer: PeerId, message: Message, id: MessageId) => void) {
    this.now = now
    this.announce = announce
  }

  /** A validator that waits for the report. */
  readonly validate = (peer: PeerId, message: Message, id: MessageId): Promise<TopicValidatorResult> => {
    const result = new Promise<TopicValidatorResult>(settle => this.pending.set(id, { since: this.now(), settle }))
    this.announce(peer, message, id)
    return result
  }

  /** False when nobody waits for it, or not any more. */
  report(id: MessageId, result: TopicValidatorResult): boolean {
    const pending = this.pending.get(id)
    this.pending.delete(id)
    pending?.settle(result)
    return pending !== undefined
  }

  /** Ignores what came before `moment` and was not reported. */
  expire(moment: number): void {
    for (const [id, { since }] of this.pending) {
      if (since >= moment) return
      this.report(id, TopicValidatorResult.Ignore)
    }
  }
}
