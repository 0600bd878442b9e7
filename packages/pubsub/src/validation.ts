import type { Logger, PeerId } from '@ts-libp2p/interface'
import { isPromise } from '@ts-libp2p/stream'
import type { MessageId } from './ids.ts'
import type { Message, PubsubMessage } from './message.ts'
import type { Verdict } from './router.ts'

/** What a validator says of a message. */
export const TopicValidatorResult = {
  /** Deliver it and pass it on. */
  Accept: 'accept',
  /** Drop it. */
  Ignore: 'ignore',
  /** Drop it, and hold it against those who sent it. */
  Reject: 'reject'
} as const
export type TopicValidatorResult = (typeof TopicValidatorResult)[keyof typeof TopicValidatorResult]

/**
 * Judges a message before it is delivered and passed on. What it throws, or rejects with, is logged and means `ignore`:
 * a mistake of ours is not the sender's fault.
 *
 * @param peer who sent it to us, which need not be its author
 * @param id the message's name
 */
export type TopicValidatorFn = (
  peer: PeerId,
  message: Message,
  id: MessageId
) => TopicValidatorResult | Promise<TopicValidatorResult>

export interface ValidationInit {
  readonly defaults: readonly TopicValidatorFn[]
  readonly byTopic: ReadonlyMap<string, TopicValidatorFn>
  /** Messages that may be worked on at once. */
  readonly concurrency: number
  readonly log: Logger
}

interface Judged {
  readonly message: Message
  readonly id: MessageId
}

/** Asks the validators of a topic in turn, until one does not accept. */
export class Validation {
  private readonly init: ValidationInit
  private running = 0

  constructor(init: ValidationInit) {
    this.init = init
  }

  /** A promise only where a validator gives one. */
  judge(peer: PeerId, message: PubsubMessage): Verdict | Promise<Verdict> {
    const { defaults, byTopic, concurrency } = this.init
    const own = byTopic.get(message.topic)
    if (own === undefined && defaults.length === 0) return 'accept'
    if (this.running >= concurrency) return 'throttled'
    const verdict = this.ask(own === undefined ? defaults : [...defaults, own], peer, {
      message: message.toMessage(),
      id: message.id
    })
    return isPromise(verdict) ? this.counted(verdict) : verdict
  }

  private ask(
    validators: readonly TopicValidatorFn[],
    peer: PeerId,
    judged: Judged
  ): TopicValidatorResult | Promise<TopicValidatorResult> {
    for (const [i, validator] of validators.entries()) {
      const result = this.call(validator, peer, judged)
      if (isPromise(result)) {
        return result.then(said => (said === 'accept' ? this.ask(validators.slice(i + 1), peer, judged) : said))
      }
      if (result !== 'accept') return result
    }
    return 'accept'
  }

  private call(
    validator: TopicValidatorFn,
    peer: PeerId,
    judged: Judged
  ): TopicValidatorResult | Promise<TopicValidatorResult> {
    const { message, id } = judged
    const failed = (err: unknown): TopicValidatorResult => {
      this.init.log.error('the validator of %s failed - %e', message.topic, err)
      return 'ignore'
    }
    try {
      const result = validator(peer, message, id)
      return isPromise(result) ? result.then(known, failed) : known(result)
    } catch (err) {
      return failed(err)
    }
  }

  private async counted(verdict: Promise<TopicValidatorResult>): Promise<Verdict> {
    this.running++
    try {
      return await verdict
    } finally {
      this.running--
    }
  }
}

function known(result: TopicValidatorResult): TopicValidatorResult {
  return result === 'accept' || result === 'reject' ? result : 'ignore'
}
