import { concat, Rope } from '@ts-libp2p/bytes'
import { type Dialogue, type DialogueStep, takeMessage } from '@ts-libp2p/stream'
import { TestingError } from './errors.ts'

const NOTHING: Uint8Array = new Uint8Array(0)

/**
 * A dialogue played by hand: what it is fed, what it says, how it ends. No stream and no promise, so it does not go on
 * once it waits for one (`{ wait }`).
 *
 * @example
 * const [dialer, listener] = [new Play(initiator(ours)), new Play(responder(theirs))]
 * dialer.feed(listener.feed(dialer.said()))
 */
export class Play<Result> {
  /** How it ended; undefined while it goes on. */
  outcome: { readonly value: Result } | { readonly error: unknown } | undefined
  /** What it has said since it was last asked, piece by piece. */
  readonly sent: Uint8Array[] = []
  private readonly dialogue: Dialogue<Result>
  private readonly input: Rope = new Rope()
  private wanted: DialogueStep | undefined

  constructor(dialogue: Dialogue<Result>) {
    this.dialogue = dialogue
    this.go(() => dialogue.next())
  }

  /** What it returned. Throws what it threw, and a `TestingError` while it goes on. */
  get value(): Result {
    if (this.outcome === undefined) throw new TestingError('misuse', 'the dialogue goes on')
    if ('error' in this.outcome) throw this.outcome.error
    return this.outcome.value
  }

  /** Feeds bytes, and returns what the dialogue says to them. */
  feed(chunk: Uint8Array): Uint8Array {
    this.input.push(chunk)
    while (this.outcome === undefined && this.answer());
    return this.said()
  }

  /** What it has said since it was last asked, joined, and forgotten afterwards. */
  said(): Uint8Array {
    return concat(this.sent.splice(0))
  }

  /** Gives the dialogue what it wants to read. False while that is not here. */
  private answer(): boolean {
    try {
      const bytes = this.read(this.wanted)
      if (bytes === undefined) return false
      this.go(() => this.dialogue.next(bytes))
    } catch (err) {
      this.go(() => this.dialogue.throw(err))
    }
    return true
  }

  private read(wanted: DialogueStep | undefined): Uint8Array | undefined {
    if (wanted === undefined || 'send' in wanted || 'wait' in wanted) return undefined
    if ('takePrefixed' in wanted) return takeMessage(this.input, wanted.takePrefixed)
    return this.input.byteLength < wanted.take ? undefined : this.input.take(wanted.take)
  }

  private go(resume: () => IteratorResult<DialogueStep, Result>): void {
    try {
      let result = resume()
      while (result.done !== true && 'send' in result.value) {
        this.sent.push(result.value.send)
        result = this.dialogue.next(NOTHING)
      }
      if (result.done === true) this.outcome = { value: result.value }
      else this.wanted = result.value
    } catch (error) {
      this.outcome = { error }
    }
  }
}
