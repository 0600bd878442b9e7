import { concat, Rope } from '@ts-libp2p/bytes'
import type { Dialogue, DialogueStep } from '@ts-libp2p/stream'

type Outcome<Result> = { value: Result } | { error: unknown }

/** One side of a dialogue, played by hand: no stream. Steps that wait for a promise are waited for. */
export class Side<Result> {
  outcome: Outcome<Result> | undefined
  private readonly dialogue: Dialogue<Result>
  private readonly input = new Rope()
  private sent: Uint8Array[] = []
  private wanted: DialogueStep | undefined

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

/** Lets two sides talk until neither has anything to say. `change` may replace the nth thing that the first says. */
export function converse<A, B>(
  first: Side<A>,
  second: Side<B>,
  change: (bytes: Uint8Array, turn: number) => Uint8Array = bytes => bytes
): void {
  let said = first.said()
  let answered = second.said()
  for (let turn = 0; said.byteLength > 0 || answered.byteLength > 0; turn++) {
    const heard = said.byteLength > 0 ? change(said, turn) : said
    said = first.feed(answered)
    answered = second.feed(heard)
  }
}
