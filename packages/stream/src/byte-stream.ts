import { Rope } from '@ts-libp2p/bytes'
import {
  type AbortOptions,
  type Clock,
  type DuplexStream,
  type Logger,
  type MessageStreamDirection,
  type MessageStreamEvents,
  type MessageStreamReadStatus,
  type MessageStreamStatus,
  type MessageStreamWriteStatus,
  type MultiaddrConnectionTimeline,
  StreamBufferError,
  StreamStateError,
  type Undo
} from '@ts-libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { abortable, toError, type Waiter } from './abortable.ts'
import { systemClock } from './clock.ts'
import type { CloseAbove } from './close-through.ts'
import { sendFrom } from './duplex.ts'
import { TypedEvents } from './events.ts'
import {
  COPY_BELOW_BYTES,
  MAX_ATTACHED_READERS,
  MAX_QUEUED_CRUMBS,
  MAX_READ_BUFFER_BYTES,
  MAX_WRITE_BUFFER_BYTES,
  READ_HIGH_WATER_BYTES,
  WRITE_HIGH_WATER_BYTES,
  WRITE_LOW_WATER_BYTES
} from './limits.ts'
import { noLog } from './log.ts'
import type { StreamOwner, StreamReaderPort } from './owner.ts'
import { isOver, NEXT, type StreamState } from './state.ts'
import { CloseEvent, MessageEvent } from './stream-events.ts'

export interface ByteStreamInit {
  owner: StreamOwner
  direction: MessageStreamDirection
  /** Unique within the owner. Default empty. */
  id?: string
  protocol?: string
  log?: Logger
  clock?: Clock
  /** The owner reuses the buffers it feeds: what must be kept is copied. Default false. */
  lendsBuffers?: boolean
  /** Unread bytes at which the stream is reset. Default 4 MiB. Owners with credit set it to their window. */
  maxReadBufferLength?: number
  /** Unsent bytes at which a further `send()` throws. Default 16 MiB. */
  maxWriteBufferLength?: number
  /** Milliseconds without a byte before the stream is aborted. Default 0, never. */
  inactivityTimeout?: number
  /**
   * Our end follows the remote's when the stream is read by `message` events: so js-libp2p's layers have it of the
   * connection that they stand on, and look for nothing but its close. Default false: half of it stays open.
   */
  closesWithRemote?: boolean
}

/**
 * The one stream implementation: sockets, secured connections and multiplexed streams are all this, each with another
 * owner below. One read queue serves the three faces (`message` events, iteration, `source`), and credit goes back to
 * the remote only when one of them takes bytes.
 *
 * Applications see it as `Stream`; `receive…`, `pull` and `fin…` are for its owner.
 */
export class ByteStream extends TypedEvents<MessageStreamEvents> implements DuplexStream {
  readonly id: string
  protocol: string
  readonly direction: MessageStreamDirection
  readonly timeline: MultiaddrConnectionTimeline
  readonly log: Logger
  /** What stands on the stream takes its time from here: see `clockOf`. */
  readonly clock: Clock
  maxReadBufferLength: number
  maxWriteBufferLength: number
  writableNeedsDrain = false
  readableEnded = false

  private readonly owner: StreamOwner
  private readonly lendsBuffers: boolean
  private readonly closesWithRemote: boolean
  private readonly readQueue = new Rope()
  private readonly writeQueue = new Rope()
  private state: StreamState = 'open'
  private error: Error | undefined
  /** The error, where it came before the end of what is read. */
  private readError: Error | undefined
  private isClosing = false
  private closeAbove: CloseAbove | undefined
  private isEndHeld = false
  private isReadClosed = false
  private isPaused = false
  private isDelivering = false
  private isHeldBack = false
  private isDeliveryDue = false
  /** Bytes in the read queue that were taken before and given back: their credit is returned already. */
  private creditedBytes = 0
  private readers: AttachedReader[] = []
  private takers: Taker[] = []
  private drainWaiters: Waiter<void>[] = []
  private closeWaiters: Waiter<void>[] = []
  private idleMs = 0
  private wasActive = false
  private stopIdleTimer: Undo | undefined

  constructor(init: ByteStreamInit) {
    super()
    this.owner = init.owner
    this.direction = init.direction
    this.id = init.id ?? ''
    this.protocol = init.protocol ?? ''
    this.log = init.log ?? noLog
    this.clock = init.clock ?? systemClock
    this.lendsBuffers = init.lendsBuffers ?? false
    this.closesWithRemote = init.closesWithRemote ?? false
    this.maxReadBufferLength = init.maxReadBufferLength ?? MAX_READ_BUFFER_BYTES
    this.maxWriteBufferLength = init.maxWriteBufferLength ?? MAX_WRITE_BUFFER_BYTES
    this.timeline = { open: Math.floor(this.clock.now()) }
    if (init.inactivityTimeout !== undefined) this.inactivityTimeout = init.inactivityTimeout
  }

  // ---- where it stands -------------------------------------------------------------------------------------------

  get status(): MessageStreamStatus {
    if (isOver(this.state)) return this.state
    return this.closesWithRemote && this.isClosing && this.state !== 'sendClosed' ? 'closing' : 'open'
  }

  get readStatus(): MessageStreamReadStatus {
    if (this.isReadClosed || this.state === 'aborted') return 'closed'
    if (isOver(this.state) && this.readQueue.byteLength === 0) return 'closed'
    return this.isPaused ? 'paused' : 'readable'
  }

  get writeStatus(): MessageStreamWriteStatus {
    if (isOver(this.state) || this.state === 'sendClosed') return 'closed'
    return this.isClosing ? 'closing' : 'writable'
  }

  get remoteReadStatus(): MessageStreamReadStatus {
    return isOver(this.state) ? 'closed' : 'readable'
  }

  get remoteWriteStatus(): MessageStreamWriteStatus {
    return isOver(this.state) || this.state === 'recvClosed' ? 'closed' : 'writable'
  }

  get readBufferLength(): number {
    return this.readQueue.byteLength
  }

  get writeBufferLength(): number {
    return this.writeQueue.byteLength
  }

  get inactivityTimeout(): number {
    return this.idleMs
  }

  set inactivityTimeout(ms: number) {
    this.idleMs = ms
    this.stopIdleTimer?.()
    this.stopIdleTimer = undefined
    if (ms > 0 && !isOver(this.state)) this.watchIdle()
  }

  // ---- sending ---------------------------------------------------------------------------------------------------

  send(data: Uint8Array | Uint8ArrayList): boolean {
    this.assertMaySend()
    if (data instanceof Uint8Array) this.writeQueue.push(data)
    else for (const part of data) this.writeQueue.push(part)
    return this.noteQueued()
  }

  /** Keeps our end back, though not the bytes before it, until the result is called. For negotiations. */
  holdEnd(): Undo {
    this.isEndHeld = true
    return () => {
      this.isEndHeld = false
      if (this.isFinQueued) this.owner.queued(this)
    }
  }

  /** Sends several buffers as one, without joining them. */
  sendAll(chunks: readonly Uint8Array[]): boolean {
    this.assertMaySend()
    for (const chunk of chunks) this.writeQueue.push(chunk)
    return this.noteQueued()
  }

  async onDrain(options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    if (this.writeStatus !== 'writable') throw this.notWritable()
    if (!this.writableNeedsDrain) return
    await abortable(this.drainWaiters, options?.signal)
  }

  async close(options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    if (this.writeStatus === 'closed') return
    const above = this.isClosing ? undefined : this.closeAbove?.(options)
    if (above !== undefined) return await above
    if (!this.isClosing) {
      this.isClosing = true
      this.owner.queued(this)
    }
    await abortable(this.closeWaiters, options?.signal)
  }

  /** Has `close()` close what stands on this stream first: see the function of this name. For layers above. */
  closeThrough(above: CloseAbove): Undo {
    this.closeAbove = above
    return () => {
      if (this.closeAbove === above) this.closeAbove = undefined
    }
  }

  /** Takes everything that `source` yields, waits when the stream is full, closes at its end. For `it-pipe`. */
  get sink(): DuplexStream['sink'] {
    // it-pipe takes the function without its object.
    return source => sendFrom(this, source)
  }

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** The stream itself, by the name that `it-pipe` looks for. */
  get source(): AsyncIterable<Uint8Array> {
    return this
  }

  /** Bytes as they arrive, until the remote ends. Throws when the stream ends otherwise. Leaving early loses nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => this.next(iterator),
      return: async () => {
        this.leave(iterator)
        return { done: true, value: undefined }
      }
    }
    return iterator
  }

  pause(): void {
    this.isPaused = true
    this.holdBack()
  }

  resume(): void {
    this.isPaused = false
    this.holdBack()
    this.scheduleDelivery()
  }

  push(buf: Uint8Array | Uint8ArrayList): void {
    for (const part of parts(buf)) {
      this.creditedBytes += part.byteLength
      this.readQueue.push(part)
    }
    this.holdBack()
    this.scheduleDelivery()
  }

  unshift(data: Uint8Array | Uint8ArrayList): void {
    for (const part of parts(data).reverse()) {
      this.creditedBytes += part.byteLength
      this.readQueue.unshift(part)
    }
    this.holdBack()
    this.scheduleDelivery()
  }

  async closeRead(options?: AbortOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    if (this.isReadClosed || isOver(this.state)) return
    this.isReadClosed = true
    this.discardUnread()
    this.holdBack()
    this.owner.readClosed?.(this)
    this.finishReading()
  }

  /** Puts a reader in line. The first in line gets every byte, ahead of the three faces, until it detaches. */
  attach(reader: StreamReaderPort): void {
    if (this.readers.length >= MAX_ATTACHED_READERS) throw new StreamStateError('too many readers wait on one stream')
    // A pushed-to list has room for 16 more; most streams have one reader for life.
    this.readers = this.readers.concat({ port: reader, isTold: false })
    this.holdBack()
    this.scheduleDelivery()
  }

  /** Takes a reader out of the line. What it read too far is `leftover`, and goes to whoever is next. */
  detach(reader: StreamReaderPort, leftover?: Uint8Array): void {
    // What `filter` returns has room for 16 more.
    this.readers = this.readers.filter(attached => attached.port !== reader).slice()
    if (leftover !== undefined && leftover.byteLength > 0) {
      this.creditedBytes += leftover.byteLength
      this.readQueue.unshift(this.lendsBuffers ? new Uint8Array(leftover) : leftover)
    }
    this.holdBack()
    this.scheduleDelivery()
  }

  abort(err: Error): void {
    if (isOver(this.state)) return
    this.discardUnread()
    this.owner.aborted(this, err)
    this.finish('abort', err)
  }

  // ---- for the owner ---------------------------------------------------------------------------------------------

  /** True when there are bytes, or our end, to `pull`. */
  get hasQueued(): boolean {
    return !isOver(this.state) && (this.writeQueue.byteLength > 0 || this.isFinQueued)
  }

  /** True when every byte was pulled and our end is due: send it and call `finSent()`. */
  get isFinQueued(): boolean {
    const isDue = this.isClosing && !this.isEndHeld && this.writeQueue.byteLength === 0
    return isDue && (this.state === 'open' || this.state === 'recvClosed')
  }

  /** Moves up to `limit` queued bytes to `target`, as views. Returns how many. */
  pull(target: Uint8Array[], limit: number): number {
    const moved = this.writeQueue.moveTo(target, limit)
    this.wasActive = true
    if (this.writableNeedsDrain && this.writeQueue.byteLength <= WRITE_LOW_WATER_BYTES) this.drained()
    if (moved > 0 && this.writeQueue.byteLength === 0) this.emit('idle')
    return moved
  }

  finSent(): void {
    if (!this.isFinQueued) return
    this.state = NEXT[this.state].sendFin ?? this.state
    for (const waiter of this.closeWaiters.splice(0)) waiter.resolve()
    if (this.state === 'closed') this.ended()
  }

  /** Bytes came from the remote. They are the stream's from now on, or lent until this returns (`lendsBuffers`). */
  receive(chunk: Uint8Array): void {
    if (chunk.byteLength === 0 || this.remoteWriteStatus === 'closed') return
    this.wasActive = true
    if (this.isReadClosed) {
      this.owner.consumed?.(this, chunk.byteLength)
      return
    }
    const reader = this.readers[0]?.port
    if (reader !== undefined && this.readQueue.byteLength === 0 && !this.isDelivering) {
      // Not `slice()`, which for a Buffer is a view.
      this.passToReader(reader, this.lendsBuffers && reader.borrows !== true ? new Uint8Array(chunk) : chunk)
      if (this.readQueue.byteLength > 0) this.deliver()
      return
    }
    if (this.passToTaker(chunk)) return
    // A small chunk is a view that keeps a large one alive, and a million of them cost more than their bytes.
    const isCrumb = chunk.byteLength < COPY_BELOW_BYTES && this.readQueue.chunkCount >= MAX_QUEUED_CRUMBS
    if (isCrumb) this.readQueue.pushCopy(chunk)
    else this.readQueue.push(this.lendsBuffers ? new Uint8Array(chunk) : chunk)
    this.deliver()
    if (this.readQueue.byteLength > this.maxReadBufferLength) this.readOverrun()
    else this.holdBack()
  }

  /** The remote ended its sending. */
  receiveEnd(): void {
    if (this.remoteWriteStatus === 'closed') return
    this.state = NEXT[this.state].recvFin ?? this.state
    this.emit('remoteCloseWrite')
    this.deliver()
    if (this.state === 'closed') this.ended()
  }

  /**
   * The remote, or the layer below, ended the stream out of order. Bytes already received can still be read, and the
   * remote's end if it came: then only our own sending fails. An error given as a function is made only where somebody
   * can see it: a stack trace costs 3 µs or more.
   */
  receiveReset(err: Error | (() => Error)): void {
    if (isOver(this.state)) return
    this.finish('reset', typeof err === 'function' ? err() : err)
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private assertMaySend(): void {
    if (this.writeStatus !== 'writable') throw this.notWritable()
    if (this.writeQueue.byteLength >= this.maxWriteBufferLength) throw this.overrun()
  }

  private noteQueued(): boolean {
    if (this.writeQueue.byteLength >= WRITE_HIGH_WATER_BYTES) this.writableNeedsDrain = true
    this.owner.queued(this)
    return !this.writableNeedsDrain
  }

  private drained(): void {
    this.writableNeedsDrain = false
    for (const waiter of this.drainWaiters.splice(0)) waiter.resolve()
    this.emit('drain')
  }

  private next(iterator: object): Promise<IteratorResult<Uint8Array>> {
    if (this.takers.length === 0 && this.readers.length === 0) {
      const chunk = this.readQueue.shift()
      if (chunk !== undefined) {
        this.taken(chunk.byteLength)
        this.finishReading()
        return Promise.resolve({ done: false, value: chunk })
      }
      if (this.readError !== undefined) return Promise.reject(this.readError)
      if (this.isReadOver()) return Promise.resolve({ done: true, value: undefined })
    }
    return new Promise((resolve, reject) => {
      this.takers.push({ iterator, resolve, reject })
    })
  }

  /** Who left while it waited must not be handed the next chunk: it would be lost. */
  private leave(iterator: object): void {
    const left = this.takers.filter(taker => taker.iterator === iterator)
    this.takers = this.takers.filter(taker => taker.iterator !== iterator)
    for (const taker of left) taker.resolve({ done: true, value: undefined })
  }

  /** Hands queued bytes to whoever is there to take them, then the end. */
  private deliver(): void {
    if (this.isDelivering) return
    this.isDelivering = true
    try {
      while (this.readQueue.byteLength > 0 && this.deliverOne());
    } finally {
      this.isDelivering = false
    }
    this.finishReading()
  }

  private deliverOne(): boolean {
    const reader = this.readers[0]?.port
    const taker = reader === undefined ? this.takers.shift() : undefined
    const emits = this.listenerCount('message') > 0 && !this.isPaused
    if (reader === undefined && taker === undefined && !emits) return false
    const chunk = this.readQueue.shift() as Uint8Array
    if (reader !== undefined) {
      this.passToReader(reader, chunk)
    } else {
      this.taken(chunk.byteLength)
      if (taker !== undefined) taker.resolve({ done: false, value: chunk })
      else this.dispatchEvent(new MessageEvent(chunk))
    }
    return true
  }

  /** Straight to an iteration that waits, past the queue. */
  private passToTaker(chunk: Uint8Array): boolean {
    if (this.readers.length > 0 || this.takers.length === 0 || this.readQueue.byteLength > 0 || this.isDelivering)
      return false
    this.taken(chunk.byteLength)
    this.takers.shift()?.resolve({ done: false, value: this.lendsBuffers ? new Uint8Array(chunk) : chunk })
    return true
  }

  private passToReader(reader: StreamReaderPort, chunk: Uint8Array): void {
    this.taken(chunk.byteLength)
    try {
      reader.receive(chunk)
    } catch (err) {
      this.abort(toError(err))
    }
  }

  private taken(bytes: number): void {
    const credited = Math.min(bytes, this.creditedBytes)
    this.creditedBytes -= credited
    if (bytes > credited && !isOver(this.state)) this.owner.consumed?.(this, bytes - credited)
    if (this.isHeldBack) this.holdBack()
  }

  /** Asks the owner to stop or go on feeding, as the queue and `pause()` have it. */
  private holdBack(): void {
    if (this.owner.reading === undefined || isOver(this.state)) return
    const mark = Math.min(READ_HIGH_WATER_BYTES, this.maxReadBufferLength)
    const isFull = this.readQueue.byteLength >= (this.isHeldBack ? mark / 2 : mark)
    // What comes after closeRead() is dropped, and must come: the remote's end is behind it.
    const hold = !this.isReadClosed && (isFull || (this.isPaused && this.readers.length === 0))
    if (hold === this.isHeldBack) return
    this.isHeldBack = hold
    this.owner.reading(this, !hold)
  }

  private isReadOver(): boolean {
    return this.isReadClosed || this.remoteWriteStatus === 'closed'
  }

  /** Tells the end to whoever reads, once nothing is left before it. */
  private finishReading(): void {
    if (this.readQueue.byteLength > 0 || !this.isReadOver() || this.isDelivering) return
    this.tellReaders()
    for (const taker of this.takers.splice(0)) {
      if (this.readError !== undefined) taker.reject(this.readError)
      else taker.resolve({ done: true, value: undefined })
    }
    if (this.readableEnded || (this.state === 'reset' && this.readError !== undefined)) return
    this.readableEnded = true
    this.emit('end')
    if (!this.closesWithRemote || this.listenerCount('message') === 0) return
    this.close().catch(err => this.log.trace('the stream did not close in good order - %e', err))
  }

  /** The first reader in line learns of the end; once the stream is over, all learn that too. */
  private tellReaders(): void {
    const first = this.readers[0]
    if (first !== undefined && !first.isTold && this.readError === undefined) {
      first.isTold = true
      this.guard(() => first.port.end())
    }
    if (this.timeline.close !== undefined) this.closeReaders()
  }

  private closeReaders(): void {
    for (const reader of this.readers.splice(0)) this.guard(() => reader.port.closed(this.error))
  }

  private ended(): void {
    this.owner.ended(this)
    this.over(undefined, undefined)
  }

  private finish(transition: 'abort' | 'reset', err: Error): void {
    this.error = err
    // What the remote ended is whole, whatever becomes of our own end.
    if (transition === 'abort' || !this.isReadOver()) this.readError = err
    this.writeQueue.clear()
    this.state = NEXT[this.state][transition] ?? this.state
    for (const waiter of [...this.drainWaiters.splice(0), ...this.closeWaiters.splice(0)]) waiter.reject(err)
    this.finishReading()
    this.over(err, transition === 'abort')
  }

  private over(error: Error | undefined, local: boolean | undefined): void {
    this.timeline.close = Math.floor(this.clock.now())
    this.stopIdleTimer?.()
    // Whoever is still being given what waits learns of the end after that.
    if (this.readQueue.byteLength === 0) this.closeReaders()
    if (this.listenerCount('close') > 0) this.dispatchEvent(new CloseEvent(local, error))
  }

  private discardUnread(): void {
    const bytes = this.readQueue.byteLength
    this.readQueue.clear()
    if (bytes > 0) this.taken(bytes)
  }

  private readOverrun(): void {
    const held = `${this.readQueue.byteLength} unread bytes, ${this.maxReadBufferLength} allowed`
    this.abort(new StreamBufferError(`the reader is too slow: ${held}`))
  }

  private overrun(): Error {
    const held = `${this.writeQueue.byteLength} unsent bytes, ${this.maxWriteBufferLength} allowed`
    const err = new StreamBufferError(`send() went on after it answered false: ${held}`)
    this.abort(err)
    return err
  }

  private notWritable(): Error {
    if (this.error !== undefined) {
      return new StreamStateError(`the stream was ${this.state}: ${this.error.message}`, { cause: this.error })
    }
    return new StreamStateError('the stream is closed for writing')
  }

  private emit(type: 'drain' | 'idle' | 'end' | 'remoteCloseWrite'): void {
    if (this.listenerCount(type) > 0) this.dispatchEvent(new Event(type))
  }

  private guard(fn: () => void): void {
    try {
      fn()
    } catch (err) {
      this.onListenerError('reader', err)
    }
  }

  private scheduleDelivery(): void {
    if (this.isDeliveryDue) return
    this.isDeliveryDue = true
    // A microtask, ahead of every deferred flush: what a reader answers at once leaves with what was sent before.
    queueMicrotask(() => {
      this.isDeliveryDue = false
      this.deliver()
    })
  }

  private watchIdle(): void {
    this.wasActive = false
    this.stopIdleTimer = this.clock.after(this.idleMs, () => {
      if (this.wasActive) this.watchIdle()
      else this.abort(new StreamStateError(`no byte either way for ${this.idleMs} ms`))
    })
  }

  protected override onListenerAdded(type: string): void {
    if (type === 'message') this.scheduleDelivery()
  }

  /** A listener that throws loses its stream, as a handler does, and nothing else. */
  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
    this.abort(toError(err))
  }
}

/** Somebody who iterates and waits for the next chunk. */
interface Taker extends Waiter<IteratorResult<Uint8Array>> {
  readonly iterator: object
}

interface AttachedReader {
  readonly port: StreamReaderPort
  /** It knows that the remote ended. */
  isTold: boolean
}

function parts(data: Uint8Array | Uint8ArrayList): Uint8Array[] {
  return data instanceof Uint8Array ? [data] : [...data]
}
