import { Rope } from '@ts-libp2p/bytes'
import { ConnectionClosedError, type Stream } from '@ts-libp2p/interface'
import { attachReader, type StreamReaderPort, takeMessage, toError } from '@ts-libp2p/stream'
import { KadError } from '../errors.ts'
import { CLOSE_TIMEOUT_MS, MAX_ANSWER_BYTES } from '../limits.ts'
import { decodeMessage, type Frame, type Message } from '../wire/message.ts'

export interface RequestStreamEvents {
  /** The answer to the request that was sent last. */
  answered(message: Message): void
  /** The stream is of no use any more. `hadAnswered`: it carried an answer before, so its end may be mere tidiness. */
  lost(error: Error, hadAnswered: boolean): void
}

/** One of our streams to a peer: a request, its answer, the next request. */
export class RequestStream implements StreamReaderPort {
  readonly stream: Stream
  /** Unix milliseconds. */
  idleSince = 0
  private readonly events: RequestStreamEvents
  private readonly input = new Rope()
  private isWaiting = false
  private hasAnswered = false
  private isLost = false

  constructor(stream: Stream, events: RequestStreamEvents) {
    this.stream = stream
    this.events = events
    attachReader(stream, this)
  }

  get isUsable(): boolean {
    return !this.isLost && this.stream.writeStatus === 'writable'
  }

  /** Sends a request. Throws when the stream cannot take it. */
  ask(request: Frame): void {
    this.isWaiting = true
    this.stream.send(request)
  }

  /** Sends what has no answer. Resolves when there is room again. */
  async tell(messages: Frame, signal: AbortSignal): Promise<void> {
    if (!this.stream.send(messages)) await this.stream.onDrain({ signal })
  }

  receive(chunk: Uint8Array): void {
    this.input.push(chunk)
    try {
      const bytes = takeMessage(this.input, MAX_ANSWER_BYTES)
      if (bytes === undefined) return
      this.accept(bytes)
    } catch (err) {
      this.abort(refusal(err))
    }
  }

  end(): void {
    this.lose(new ConnectionClosedError('the peer ended the stream'))
    this.close()
  }

  closed(error?: Error): void {
    this.lose(error ?? new ConnectionClosedError('the stream was closed'))
  }

  /** Ends it in good order. */
  close(): void {
    this.isLost = true
    const { stream } = this
    stream.inactivityTimeout = CLOSE_TIMEOUT_MS
    stream.close().catch((err: unknown) => stream.abort(toError(err)))
  }

  abort(err: Error): void {
    this.lose(err)
    this.stream.abort(err)
  }

  private accept(bytes: Uint8Array): void {
    if (!this.isWaiting) throw new KadError('malformed', 'an answer that nobody asked for')
    const message = decodeMessage(bytes)
    this.isWaiting = false
    this.hasAnswered = true
    this.events.answered(message)
  }

  private lose(error: Error): void {
    if (this.isLost) return
    this.isLost = true
    this.events.lost(error, this.hasAnswered)
  }
}

function refusal(err: unknown): Error {
  const cause = toError(err)
  if (cause.name !== 'BytesError') return cause
  return new KadError((cause as { code?: string }).code === 'too-large' ? 'too-large' : 'malformed', cause.message, {
    cause
  })
}
