import { type AbortOptions, InvalidParametersError, type PeerId, type Undo } from '@ts-libp2p/interface'
import { Fifo, type Waiter } from '@ts-libp2p/stream'
import { MAX_UNREAD_MESSAGES } from './limits.ts'
import type { Message } from './message.ts'
import type { PublishOptions, PublishResult } from './pubsub.ts'

export interface TopicOptions extends AbortOptions {
  /** Messages that wait for a loop; then the oldest go, counted as `unread`. Default 1,024. */
  readonly maxUnread?: number
}

/** One topic. */
export interface Topic extends AsyncIterable<Message> {
  readonly name: string
  /** As `publish` of the service. */
  publish(data: Uint8Array, options?: PublishOptions): Promise<PublishResult>
  /** Peers in it. */
  subscribers(): PeerId[]
  /** Messages from the moment this is called. Ends with `return()`, when the service stops, or with the signal's reason. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message>
}

/** What a topic needs of the service. */
export interface TopicHost {
  publish(topic: string, data: Uint8Array, options?: PublishOptions): Promise<PublishResult>
  getSubscribers(topic: string): PeerId[]
  /** Joins the topic for a reader. Undo it to leave. */
  join(topic: string, reader: TopicReader): Undo
  unread(count: number): void
}

export function createTopic(name: string, host: TopicHost, options: TopicOptions = {}): Topic {
  const { maxUnread = MAX_UNREAD_MESSAGES, signal } = options
  if (!(Number.isSafeInteger(maxUnread) && maxUnread > 0)) {
    throw new InvalidParametersError(`\`maxUnread\` must be a whole number above zero, not ${maxUnread}`)
  }
  return {
    name,
    publish: (data, publishOptions) => host.publish(name, data, publishOptions),
    subscribers: () => host.getSubscribers(name),
    [Symbol.asyncIterator]: () => new TopicReader(name, host, maxUnread, signal)
  }
}

/** A loop over the messages of a topic. */
export class TopicReader implements AsyncIterableIterator<Message> {
  private readonly host: TopicHost
  private readonly maxUnread: number
  private readonly signal: AbortSignal | undefined
  private readonly unread = new Fifo<Message>()
  private readonly waiters: Waiter<IteratorResult<Message>>[] = []
  private leave: Undo | undefined

  constructor(topic: string, host: TopicHost, maxUnread: number, signal: AbortSignal | undefined) {
    this.host = host
    this.maxUnread = maxUnread
    this.signal = signal
    if (signal?.aborted === true) return
    this.leave = host.join(topic, this)
    signal?.addEventListener('abort', this.onAbort, { once: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** A message came. */
  push(message: Message): void {
    const waiter = this.waiters.shift()
    if (waiter !== undefined) waiter.resolve({ done: false, value: message })
    else this.unread.push(message)
    if (this.unread.length <= this.maxUnread) return
    this.unread.shift()
    this.host.unread(1)
  }

  next(): Promise<IteratorResult<Message>> {
    if (this.signal?.aborted === true) return Promise.reject(this.signal.reason)
    const message = this.unread.shift()
    if (message !== undefined) return Promise.resolve({ done: false, value: message })
    if (this.leave === undefined) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<Message>> {
    this.unread.clear()
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** No more messages come: those that wait can still be read. */
  end(): void {
    this.detach()
    for (const waiter of this.waiters.splice(0)) waiter.resolve({ done: true, value: undefined })
  }

  private readonly onAbort = (): void => {
    this.detach()
    for (const waiter of this.waiters.splice(0)) waiter.reject(this.signal?.reason)
  }

  private detach(): void {
    this.signal?.removeEventListener('abort', this.onAbort)
    this.leave?.()
    this.leave = undefined
  }
}
