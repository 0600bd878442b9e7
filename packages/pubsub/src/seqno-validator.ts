import { MAX_AUTHORS_WITH_SEQNO } from './limits.ts'
import type { TopicValidatorFn, TopicValidatorResult } from './validation.ts'

/** Keeps the highest sequence number of each author, over restarts if it likes. */
export interface SeqnoStore {
  get(author: string): bigint | undefined | Promise<bigint | undefined>
  set(author: string, seqno: bigint): void | Promise<void>
}

/**
 * Ignores a signed message whose sequence number is not above those of its author before: a replay, which the cache of
 * seen ids would let pass once it has forgotten the first. Messages that overtook others are lost to it, and so are
 * those of implementations that number at random: leave it out where there are such.
 *
 * Follows go-libp2p-pubsub's `BasicSeqnoValidator`.
 *
 * @example
 * gossipsub({ defaultValidators: [seqnoValidator()] })
 */
export function seqnoValidator(store: SeqnoStore = new MemorySeqnoStore()): TopicValidatorFn {
  const latest = async (author: string, known: Promise<bigint | undefined>, seqno: bigint) => {
    if (seqno <= ((await known) ?? -1n)) return 'ignore'
    // Another message may have been accepted meanwhile.
    if (seqno <= ((await store.get(author)) ?? -1n)) return 'ignore'
    await store.set(author, seqno)
    return 'accept'
  }
  return (_, message) => {
    if (message.type === 'unsigned') return 'ignore'
    const author = message.from.toString()
    const known = store.get(author)
    if (known instanceof Promise) return latest(author, known, message.sequenceNumber) as Promise<TopicValidatorResult>
    if (message.sequenceNumber <= (known ?? -1n)) return 'ignore'
    const stored = store.set(author, message.sequenceNumber)
    return stored instanceof Promise ? stored.then(() => 'accept') : 'accept'
  }
}

/** The authors heard of longest ago are forgotten first. */
class MemorySeqnoStore implements SeqnoStore {
  private readonly seqnos = new Map<string, bigint>()

  get(author: string): bigint | undefined {
    return this.seqnos.get(author)
  }

  set(author: string, seqno: bigint): void {
    this.seqnos.delete(author)
    const [oldest] = this.seqnos.size >= MAX_AUTHORS_WITH_SEQNO ? this.seqnos.keys() : []
    if (oldest !== undefined) this.seqnos.delete(oldest)
    this.seqnos.set(author, seqno)
  }
}
