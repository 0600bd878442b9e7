import { BytesError, lengthPrefixed, MAX_VARINT_BYTES, Rope, readVarint } from '@ts-libp2p/bytes'
import { type AbortOptions, ConnectionClosedError, type MessageStream } from '@ts-libp2p/interface'
import { chunksOf } from './chunks.ts'
import { takeMessage } from './dialogue.ts'
import { DEFAULT_MESSAGE_LIMIT_BYTES } from './limits.ts'

export interface ReadMessageOptions extends AbortOptions {
  /** Largest message accepted, bytes. Default 1 MiB. */
  limitBytes?: number
}

/**
 * Reads a stream the way protocols are specified: exact bytes, varints, length-prefixed messages. Bytes are taken
 * from the stream only as they are asked for, so a slow protocol holds its peer back.
 *
 * A read that is cancelled loses nothing: the next one goes on where it left off.
 *
 * @example
 * const reader = new StreamReader(stream)
 * const request = Request.decode(await reader.readMessage({ limitBytes: 4096, signal }))
 */
export class StreamReader {
  private readonly stream: MessageStream
  private readonly chunks: AsyncIterator<Uint8Array>
  private readonly input = new Rope()
  private pending: Promise<boolean> | undefined
  private isReleased = false

  constructor(stream: MessageStream) {
    this.stream = stream
    this.chunks = chunksOf(stream)[Symbol.asyncIterator]()
  }

  /** Exactly `length` bytes. Rejects with a `ConnectionClosedError` when the remote ends before. */
  async read(length: number, options?: AbortOptions): Promise<Uint8Array> {
    while (this.input.byteLength < length) await this.more(`${length} bytes`, options)
    return this.input.take(length)
  }

  /** Whatever is there, at least one byte; undefined at the end. */
  async readSome(options?: AbortOptions): Promise<Uint8Array | undefined> {
    if (this.input.byteLength === 0) await this.fill(options)
    return this.input.shift()
  }

  async readVarint(options?: AbortOptions): Promise<number> {
    for (;;) {
      const head = this.input.peek(MAX_VARINT_BYTES)
      const read = readVarint(head, 0, head.byteLength)
      if (read !== undefined) {
        this.input.take(read.next)
        return read.value
      }
      await this.more('a varint', options)
    }
  }

  /** One length-prefixed message. Rejects with a `BytesError` (`too-large`) before its body is read when over the limit. */
  async readMessage(options: ReadMessageOptions = {}): Promise<Uint8Array> {
    for (;;) {
      const message = takeMessage(this.input, options.limitBytes ?? DEFAULT_MESSAGE_LIMIT_BYTES)
      if (message !== undefined) return message
      await this.more('a message', options)
    }
  }

  /** One length-prefixed message, or undefined when the remote ended before its first byte. */
  async readMessageOrEnd(options: ReadMessageOptions = {}): Promise<Uint8Array | undefined> {
    if (this.input.byteLength === 0 && !(await this.fill(options))) return undefined
    return this.readMessage(options)
  }

  /** Everything up to the end, `limitBytes` at most. */
  async readToEnd(options: ReadMessageOptions = {}): Promise<Uint8Array> {
    const limit = options.limitBytes ?? DEFAULT_MESSAGE_LIMIT_BYTES
    do {
      if (this.input.byteLength > limit) throw new BytesError('too-large', `over the limit of ${limit} bytes`)
    } while (await this.fill(options))
    return this.input.takeAll()
  }

  /** Ends the reading: bytes taken but not asked for go back to the stream, which is returned. */
  release(): MessageStream {
    this.isReleased = true
    // A read that was cancelled still waits for its chunk, and would take it from whoever reads next.
    Promise.resolve(this.chunks.return?.()).catch(() => {})
    if (this.input.byteLength > 0) this.stream.unshift(this.input.takeAll())
    return this.stream
  }

  private async more(what: string, options?: AbortOptions): Promise<void> {
    if (await this.fill(options)) return
    throw new ConnectionClosedError(`the remote ended the stream where ${what} should follow`)
  }

  private async fill(options?: AbortOptions): Promise<boolean> {
    this.pending ??= this.takeChunk()
    return await raceSignal(this.pending, options?.signal)
  }

  private async takeChunk(): Promise<boolean> {
    try {
      const { done, value } = await this.chunks.next()
      if (done === true) return false
      if (this.isReleased) this.stream.unshift(value)
      else this.input.push(value)
      return true
    } finally {
      this.pending = undefined
    }
  }
}

/** Sends a message with its length before it, and waits when the stream is full. */
export async function writeMessage(stream: MessageStream, message: Uint8Array, options?: AbortOptions): Promise<void> {
  if (!stream.send(lengthPrefixed(message))) await stream.onDrain(options)
}

/** The promise, or a rejection with `signal.reason` if that comes first. The promise itself goes on. */
export function raceSignal<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const done = (): void => signal.removeEventListener('abort', abort)
    promise.then(
      value => {
        done()
        resolve(value)
      },
      err => {
        done()
        reject(err)
      }
    )
  })
}
