import { concat, Rope } from '@ts-libp2p/bytes'
import { type Dialogue, type DialogueStep, takeMessage } from '@ts-libp2p/stream'

/** A dialogue played by hand: what it is fed, what it says, how it ends. No stream, no promise. */
export class Play<Result> {
  readonly dialogue: Dialogue<Result>
  readonly input = new Rope()
  sent: Uint8Array[] = []
  outcome: { value: Result } | { error: unknown } | undefined
  private wanted: DialogueStep | undefined

  constructor(dialogue: Dialogue<Result>) {
    this.dialogue = dialogue
    this.go(() => dialogue.next())
  }

  /** Feeds bytes, and returns what the dialogue answered to them. */
  feed(chunk: Uint8Array): Uint8Array {
    this.input.push(chunk)
    while (this.outcome === undefined && this.wanted !== undefined && 'takePrefixed' in this.wanted) {
      const limit = this.wanted.takePrefixed
      try {
        const message = takeMessage(this.input, limit)
        if (message === undefined) break
        this.go(() => this.dialogue.next(message))
      } catch (err) {
        this.go(() => this.dialogue.throw(err))
      }
    }
    return this.takeSent()
  }

  takeSent(): Uint8Array {
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
