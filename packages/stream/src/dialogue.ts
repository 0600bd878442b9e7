import { BytesError, MAX_VARINT_BYTES, Rope, readVarint } from '@ts-libp2p/bytes'
import { type AbortOptions, ConnectionClosedError, type MessageStream, StreamBufferError } from '@ts-libp2p/interface'
import { toError } from './abortable.ts'
import { attachReader } from './attach.ts'
import type { Detach } from './foreign.ts'
import { MAX_READ_BUFFER_BYTES } from './limits.ts'
import type { StreamReaderPort } from './owner.ts'

/**
 * One step of a fixed dialogue: bytes to send, or what to read next. `take` is an exact number of bytes;
 * `takePrefixed` a message with its length before it as a varint, of at most that many bytes. `wait` is for what the
 * platform only computes behind a promise (WebCrypto's signatures): see `settled`.
 */
export type DialogueStep =
  | { readonly send: Uint8Array }
  | { readonly take: number }
  | { readonly takePrefixed: number }
  | { readonly wait: Promise<unknown> }

/** A protocol's fixed dialogue as a generator: no stream, no promise, no clock. Steps that read are answered with bytes. */
export type Dialogue<Result> = Generator<DialogueStep, Result, Uint8Array>

export const send = function* (bytes: Uint8Array): Dialogue<void> {
  yield { send: bytes }
}
export const take = function* (length: number): Dialogue<Uint8Array> {
  return yield { take: length }
}
export const takePrefixed = function* (limitBytes: number): Dialogue<Uint8Array> {
  return yield { takePrefixed: limitBytes }
}

/** The value: at once when it is there, else after a wait. */
export const settled = function* <T>(value: T | Promise<T>): Dialogue<T> {
  if (!isPromise(value)) return value
  const box: T[] = []
  yield { wait: value.then(result => box.push(result)) }
  return box[0] as T
}

/**
 * Plays a dialogue on a stream, without a promise between its steps. Bytes that it did not ask for stay in the stream.
 *
 * Several may be started on one of our streams at once: each reads when those before it have ended, so a client can
 * send the first bytes of the next layer without waiting for the answers to this one. Rejects with what the dialogue
 * throws, with `signal.reason`, or when the stream ends first; the stream itself is left to the caller.
 */
export function runDialogue<Result>(
  stream: MessageStream,
  dialogue: Dialogue<Result>,
  options: AbortOptions = {}
): Promise<Result> {
  const { signal } = options
  if (signal?.aborted === true) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const player = new Player(stream, dialogue, outcome => {
      signal?.removeEventListener('abort', cancel)
      if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.value)
    })
    const cancel = (): void => player.fail(signal?.reason)
    signal?.addEventListener('abort', cancel, { once: true })
    player.start()
  })
}

type Outcome<Result> = { value: Result } | { error: unknown }

class Player<Result> implements StreamReaderPort {
  readonly borrows = false
  private readonly stream: MessageStream
  private readonly dialogue: Dialogue<Result>
  private readonly settle: (outcome: Outcome<Result>) => void
  private readonly input = new Rope()
  private wanted: DialogueStep | undefined
  private detach: Detach | undefined
  private isEnded = false
  private isDone = false

  constructor(stream: MessageStream, dialogue: Dialogue<Result>, settle: (outcome: Outcome<Result>) => void) {
    this.stream = stream
    this.dialogue = dialogue
    this.settle = settle
  }

  start(): void {
    try {
      this.detach = attachReader(this.stream, this)
    } catch (err) {
      this.finish({ error: err })
      return
    }
    this.step(() => this.dialogue.next())
    this.advance()
  }

  receive(chunk: Uint8Array): void {
    this.input.push(chunk)
    this.advance()
    // Only while the dialogue waits for a promise of ours can this much be left over.
    if (this.input.byteLength > MAX_READ_BUFFER_BYTES) this.fail(new StreamBufferError('too much sent too early'))
  }

  /** While the dialogue waits for a promise, all that it will ask for may be here already. */
  end(): void {
    this.isEnded = true
    this.advance()
  }

  closed(error?: Error): void {
    this.fail(error ?? new ConnectionClosedError('the stream was closed in the middle of a negotiation'))
  }

  fail(reason: unknown): void {
    if (this.isDone) return
    try {
      this.dialogue.return(undefined as Result)
    } catch {
      // It runs, or its cleanup throws: why it fails is known already.
    }
    this.finish({ error: reason })
  }

  /** Answers the dialogue's requests as long as the bytes for them are there. */
  private advance(): void {
    while (!this.isDone && this.wanted !== undefined) {
      let answer: Uint8Array | undefined
      try {
        answer = this.answer(this.wanted)
      } catch (err) {
        this.step(() => this.dialogue.throw(err))
        continue
      }
      if (answer === undefined) {
        this.failIfStarved(this.wanted)
        return
      }
      const bytes = answer
      this.step(() => this.dialogue.next(bytes))
    }
  }

  private failIfStarved(wanted: DialogueStep): void {
    if (!this.isEnded || 'wait' in wanted) return
    this.fail(new ConnectionClosedError('the remote ended the stream in the middle of a negotiation'))
  }

  private answer(wanted: DialogueStep): Uint8Array | undefined {
    if ('send' in wanted || 'wait' in wanted) return undefined
    if ('take' in wanted) return this.input.byteLength >= wanted.take ? this.input.take(wanted.take) : undefined
    return takeMessage(this.input, wanted.takePrefixed)
  }

  /** Lets the dialogue go on, sends what it says, and notes what it wants to read next. */
  private step(resume: () => IteratorResult<DialogueStep, Result>): void {
    try {
      let result = resume()
      while (result.done !== true && 'send' in result.value) {
        this.stream.send(result.value.send)
        result = this.dialogue.next(EMPTY)
      }
      if (result.done === true) this.finish({ value: result.value })
      else this.wants(result.value)
    } catch (err) {
      this.finish({ error: toError(err) })
    }
  }

  private wants(step: DialogueStep): void {
    this.wanted = step
    if (!('wait' in step)) return
    const resume = (answer: () => IteratorResult<DialogueStep, Result>): void => {
      if (this.isDone) return
      this.step(answer)
      this.advance()
    }
    step.wait.then(
      () => resume(() => this.dialogue.next(EMPTY)),
      err => resume(() => this.dialogue.throw(err))
    )
  }

  private finish(outcome: Outcome<Result>): void {
    if (this.isDone) return
    this.isDone = true
    this.detach?.(this.input.takeAll())
    this.settle(outcome)
  }
}

const EMPTY = new Uint8Array(0)

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** One length-prefixed message from the front, or undefined until it is whole. Throws a `BytesError` over the limit. */
export function takeMessage(input: Rope, limitBytes: number): Uint8Array | undefined {
  const head = input.peek(MAX_VARINT_BYTES)
  const length = readVarint(head, 0, head.byteLength)
  if (length === undefined) return undefined
  if (length.value > limitBytes) {
    throw new BytesError('too-large', `message of ${length.value} bytes is over the limit of ${limitBytes}`)
  }
  if (input.byteLength < length.next + length.value) return undefined
  input.take(length.next)
  return input.take(length.value)
}
