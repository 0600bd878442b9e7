import type { Stream, Undo } from '@ts-libp2p/interface'
import { defer, toError } from '@ts-libp2p/stream'
import type { Contact } from '../contact.ts'
import { KadError } from '../errors.ts'
import { MAX_STREAMS_PER_PEER, MAX_WAITING_PER_PEER } from '../limits.ts'
import type { Frame, Message } from '../wire/message.ts'
import type { Outcome } from './messenger.ts'
import { RequestStream } from './request-stream.ts'

export interface PeerLineInit {
  /** Opens a stream to the peer, dialling where needed. `isSure`: the peer must have agreed to the protocol. */
  open(peer: Contact, isSure: boolean, signal: AbortSignal): Promise<Stream>
  /** A stream is not used any more, for now. */
  idle(stream: RequestStream, line: PeerLine): void
  /** It is used again, or gone. */
  taken(stream: RequestStream): void
  /** Nothing is left of the line. */
  empty(line: PeerLine): void
}

/** What has no answer has left. */
type Sent = Record<never, never>

interface Job {
  readonly peer: Contact
  readonly frame: Frame
  readonly expectsAnswer: boolean
  readonly done: (outcome: Outcome | Sent) => void
  /** Called when a stream was opened for it. */
  readonly reached: (() => void) | undefined
  /** Gives up on whatever it waits for now. */
  cancel: (() => void) | undefined
  isOver: boolean
}

/** Our streams to one peer, and the requests that wait for one. A stream carries one request at a time. */
export class PeerLine {
  readonly name: string
  private readonly init: PeerLineInit
  private readonly free: RequestStream[] = []
  private readonly waiting: Job[] = []
  private readonly current = new Map<RequestStream, Job>()
  /** Streams that are being opened or carry a request. */
  private used = 0

  constructor(name: string, init: PeerLineInit) {
    this.name = name
    this.init = init
  }

  /** True while a request is under way. */
  get isBusy(): boolean {
    return this.used > 0
  }

  send(peer: Contact, frame: Frame, expectsAnswer: boolean, done: Job['done'], reached?: Job['reached']): Undo {
    const job: Job = { peer, frame, expectsAnswer, done, reached, cancel: undefined, isOver: false }
    this.start(job)
    return () => {
      if (job.isOver) return
      job.isOver = true
      job.cancel?.()
    }
  }

  /** Closes a stream that nobody uses. */
  dismiss(stream: RequestStream): void {
    this.drop(stream)
    stream.close()
    this.tidy()
  }

  private start(job: Job): void {
    const stream = this.takeFree()
    if (stream !== undefined) this.run(job, stream)
    else if (this.used < MAX_STREAMS_PER_PEER) this.open(job)
    else this.wait(job)
  }

  private wait(job: Job): void {
    if (this.waiting.length >= MAX_WAITING_PER_PEER) {
      const error = new KadError('too-many', `${MAX_WAITING_PER_PEER} requests to ${this.name} wait`)
      defer(() => this.finish(job, { error }))
      return
    }
    this.waiting.push(job)
    job.cancel = () => {
      const at = this.waiting.indexOf(job)
      if (at >= 0) this.waiting.splice(at, 1)
    }
  }

  private takeFree(): RequestStream | undefined {
    for (let stream = this.free.pop(); stream !== undefined; stream = this.free.pop()) {
      this.init.taken(stream)
      if (stream.isUsable) return stream
    }
    return undefined
  }

  private open(job: Job): void {
    this.used++
    const controller = new AbortController()
    job.cancel = () => controller.abort(CANCELLED)
    this.init.open(job.peer, !job.expectsAnswer, controller.signal).then(
      stream => {
        this.used--
        this.opened(job, stream)
      },
      (err: unknown) => {
        this.used--
        this.finish(job, { error: unreachable(job.peer, toError(err)) })
        this.next()
      }
    )
  }

  private opened(job: Job, stream: Stream): void {
    const request = this.wrap(stream)
    if (!job.isOver) job.reached?.()
    if (!job.isOver) this.run(job, request)
    else if (request.isUsable) this.release(request)
  }

  private wrap(stream: Stream): RequestStream {
    const request: RequestStream = new RequestStream(stream, {
      answered: message => this.onAnswered(request, message),
      lost: (error, hadAnswered) => this.onLost(request, error, hadAnswered)
    })
    return request
  }

  private run(job: Job, stream: RequestStream): void {
    this.used++
    this.current.set(stream, job)
    if (!job.expectsAnswer) {
      this.tell(job, stream)
      return
    }
    job.cancel = () => stream.abort(CANCELLED)
    try {
      stream.ask(job.frame)
    } catch (err) {
      stream.abort(toError(err))
    }
  }

  private tell(job: Job, stream: RequestStream): void {
    const controller = new AbortController()
    job.cancel = () => controller.abort(CANCELLED)
    stream.tell(job.frame, controller.signal).then(
      () => {
        if (this.leave(stream) !== job) return
        this.finish(job, {})
        this.release(stream)
      },
      (err: unknown) => stream.abort(toError(err))
    )
  }

  private onAnswered(stream: RequestStream, answer: Message): void {
    const job = this.leave(stream)
    // Released first: whoever is told may ask the same peer again at once.
    this.release(stream)
    if (job !== undefined) this.finish(job, { answer })
  }

  private onLost(stream: RequestStream, error: Error, hadAnswered: boolean): void {
    this.drop(stream)
    const job = this.leave(stream)
    if (job !== undefined && !job.isOver) {
      // A stream that served before may have been ended as the peer saw fit: that says nothing of this request.
      if (hadAnswered && !(error instanceof KadError)) this.open(job)
      else this.finish(job, { error: noAnswer(job.peer, error) })
    }
    this.next()
  }

  private leave(stream: RequestStream): Job | undefined {
    const job = this.current.get(stream)
    if (job === undefined) return undefined
    this.current.delete(stream)
    this.used--
    return job
  }

  private release(stream: RequestStream): void {
    const job = this.waiting.shift()
    if (job !== undefined && stream.isUsable) {
      this.run(job, stream)
      return
    }
    if (stream.isUsable) {
      this.free.push(stream)
      this.init.idle(stream, this)
    }
    if (job !== undefined) this.start(job)
  }

  private next(): void {
    const job = this.waiting.shift()
    if (job === undefined) this.tidy()
    else this.start(job)
  }

  private drop(stream: RequestStream): void {
    const at = this.free.indexOf(stream)
    if (at < 0) return
    this.free.splice(at, 1)
    this.init.taken(stream)
  }

  private tidy(): void {
    if (this.used === 0 && this.free.length === 0 && this.waiting.length === 0) this.init.empty(this)
  }

  private finish(job: Job, outcome: Parameters<Job['done']>[0]): void {
    if (job.isOver) return
    job.isOver = true
    job.done(outcome)
  }
}

const CANCELLED = new KadError('timeout', 'nobody waits for the answer any more')

function unreachable({ name }: Contact, cause: Error): Error {
  return new KadError('unreachable', `${name} cannot be asked: ${cause.message}`, { cause })
}

function noAnswer({ name }: Contact, cause: Error): Error {
  if (cause instanceof KadError) return cause
  return new KadError('no-answer', `${name} did not answer: ${cause.message}`, { cause })
}
