import { concat, Rope } from '@ts-libp2p/bytes'
import type { Dialogue, DialogueStep } from '@ts-libp2p/stream'

/** A dialogue played by hand: what it is fed, what it says, how it ends. No stream, no promise. */
export class Play<Result> {
  private readonly dialogue: Dialogue<Result>
  private readonly input = new Rope()
  private readonly sent: Uint8Array[] = []
  private wanted: DialogueStep | undefined
  outcome: { value: Result } | { error: unknown } | undefined

  constructor(dialogue: Dialogue<Result>) {
    this.dialogue = dialogue
    this.go(() => dialogue.next())
  }

  get value(): Result {
    if (this.outcome === undefined) throw new Error('the dialogue goes on')
    if ('error' in this.outcome) throw this.outcome.error
    return this.outcome.value
  }

  /** Feeds bytes, and returns what the dialogue answered to them. */
  feed(chunk: Uint8Array): Uint8Array {
    this.input.push(chunk)
    while (this.outcome === undefined && this.wanted !== undefined && 'take' in this.wanted) {
      if (this.input.byteLength < this.wanted.take) break
      const bytes = this.input.take(this.wanted.take)
      this.go(() => this.dialogue.next(bytes))
    }
    return this.said()
  }

  said(): Uint8Array {
    return concat(this.sent.splice(0))
  }

  private go(resume: () => IteratorResult<DialogueStep, Result>): void {
    try {
      let result = resume()
      while (result.done !== true && 'send' in result.value) {
        this.sent.push(result.value.send)
        result = this.dialogue.next(new Uint8Array(0))
      }
      if (result.done === true) this.outcome = { value: result.value }
      else this.wanted = result.value
    } catch (error) {
      this.outcome = { error }
    }
  }
}
