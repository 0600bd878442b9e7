import { Rope } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import type { Waiter } from './abortable.ts'
import { isAttachable } from './attach.ts'
import { type Detach, listenTo, setReading } from './foreign.ts'
import type { StreamReaderPort } from './owner.ts'

/** Bytes as they arrive, until the remote ends; of streams of another make with the promises that ours give. */
export function chunksOf(stream: MessageStream): AsyncIterable<Uint8Array> {
  if (isAttachable(stream)) return stream as AsyncIterable<Uint8Array>
  return { [Symbol.asyncIterator]: () => new ForeignChunks(stream) }
}

/**
 * Iterates over a stream of another make: no end is missed, leaving early loses nothing, and the stream is paused while
 * nobody asks for more.
 */
class ForeignChunks implements AsyncIterator<Uint8Array>, StreamReaderPort {
  private readonly stream: MessageStream
  private readonly queue = new Rope()
  private takers: Waiter<IteratorResult<Uint8Array>>[] = []
  private detach: Detach | undefined
  private over: { error?: Error } | undefined

  constructor(stream: MessageStream) {
    this.stream = stream
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.queue.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    return new Promise((resolve, reject) => {
      this.takers.push({ resolve, reject })
      if (this.over !== undefined) this.settle()
      else if (this.detach === undefined) this.detach = listenTo(this.stream, this)
      else setReading(this.stream, true)
    })
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.detach?.(this.queue.takeAll())
    setReading(this.stream, true)
    this.finish()
    return { done: true, value: undefined }
  }

  receive(chunk: Uint8Array): void {
    const taker = this.takers.shift()
    if (taker === undefined) this.queue.push(chunk)
    else taker.resolve({ done: false, value: chunk })
    if (this.takers.length === 0) setReading(this.stream, false)
  }

  end(): void {
    this.finish()
  }

  closed(error?: Error): void {
    this.finish(error)
  }

  private finish(error?: Error): void {
    this.over ??= { error }
    if (this.queue.byteLength === 0) this.settle()
  }

  private settle(): void {
    for (const { resolve, reject } of this.takers.splice(0)) {
      if (this.over?.error !== undefined) reject(this.over.error)
      else resolve({ done: true, value: undefined })
    }
  }
}
