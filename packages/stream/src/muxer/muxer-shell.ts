import {
  type AbortOptions,
  type Clock,
  ConnectionClosedError,
  type CreateStreamOptions,
  type Logger,
  type MessageStream,
  MuxerClosedError,
  type StreamCloseEvent,
  type StreamMuxer,
  type StreamMuxerEvents,
  type StreamMuxerStatus,
  TimeoutError
} from '@ts-libp2p/interface'
import { defer } from '#defer'
import { abortable, toError, type Waiter } from '../abortable.ts'
import { attachReader, isAttachable, sendAll } from '../attach.ts'
import type { ByteStream } from '../byte-stream.ts'
import { systemClock } from '../clock.ts'
import { TypedEvents } from '../events.ts'
import type { StreamReaderPort } from '../owner.ts'
import { raceSignal } from '../reader.ts'
import { CloseEvent } from '../stream-events.ts'
import { EarlyStreams } from './early-streams.ts'
import { FAREWELL_MS, GRACEFUL_CLOSE_MS, MAX_WAITING_OPENERS } from './limits.ts'
import type { MuxerCore, MuxerCount, MuxerPort } from './muxer-core.ts'

export interface MuxerShellInit<Core extends MuxerCore> {
  protocol: string
  connection: MessageStream
  log: Logger
  /** Default the system's. */
  clock?: Clock
  /** Inbound streams that may wait before somebody listens. Default 32. */
  maxEarlyStreams?: number
  count?: (what: MuxerCount) => void
  createCore(port: MuxerPort): Core
}

/** More than the ecosystem's muxers tell: that this one is over, at once, and with `error` when the peer is to blame. */
export interface MuxerShellEvents extends StreamMuxerEvents<ByteStream> {
  close: StreamCloseEvent
}

/**
 * What every muxer is around its core: it reads the connection, writes to it once per tick as long as it has room, and
 * has the life cycle and the events of `StreamMuxer`.
 */
export class MuxerShell<Core extends MuxerCore>
  extends TypedEvents<MuxerShellEvents>
  implements StreamMuxer<ByteStream>
{
  readonly protocol: string
  protected readonly core: Core
  protected readonly clock: Clock
  private readonly connection: MessageStream
  private readonly log: Logger
  private readonly early: EarlyStreams
  private readonly port: MuxerPort & StreamReaderPort
  private readonly openers: Waiter<void>[] = []
  /** Who closes and waits for the remote: for its streams, or a round trip, and then for its end. */
  private readonly closers: Waiter<void>[] = []
  private state: StreamMuxerStatus = 'open'
  private isWritable = true
  /** Our last bytes were handed to the connection: nothing is written after them. */
  private isEnding = false
  /** Who closes has waited long enough. */
  private isLate = false
  private isFlushDue = false
  private isReading = false
  private announcing: ByteStream | undefined

  /** What the core and the connection see of a shell: one object, where a closure for each would be 10 per connection. */
  private static readonly Port = class implements MuxerPort, StreamReaderPort {
    private readonly shell: MuxerShell<MuxerCore>
    private readonly counter: ((what: MuxerCount) => void) | undefined

    constructor(shell: MuxerShell<MuxerCore>, counter?: (what: MuxerCount) => void) {
      this.shell = shell
      this.counter = counter
    }

    wake(): void {
      this.shell.wake()
    }

    write(buffers: Uint8Array[]): boolean {
      return this.shell.write(buffers)
    }

    opened(stream: ByteStream): boolean {
      return this.shell.opened(stream)
    }

    openable(): void {
      this.shell.settle(this.shell.openers)
    }

    emptied(): void {
      this.shell.settle(this.shell.closers)
    }

    answered(): void {
      this.shell.settle(this.shell.closers)
    }

    failed(err: Error): void {
      this.shell.failed(err)
    }

    count(what: MuxerCount): void {
      this.counter?.(what)
    }

    receive(chunk: Uint8Array): void {
      this.shell.receive(chunk)
    }

    end(): void {
      this.shell.onConnectionEnd()
    }

    closed(err?: Error): void {
      this.shell.lost(err)
    }
  }

  constructor(init: MuxerShellInit<Core>) {
    super()
    this.protocol = init.protocol
    this.connection = init.connection
    this.log = init.log
    this.clock = init.clock ?? systemClock
    this.early = new EarlyStreams(init.maxEarlyStreams)
    this.port = new MuxerShell.Port(this, init.count)
    this.core = init.createCore(this.port)
    this.connection.addEventListener('drain', this.onDrain)
    if (isAttachable(this.connection)) defer(() => this.startReading())
    else this.startReading()
  }

  get status(): StreamMuxerStatus {
    return this.state
  }

  get streams(): ByteStream[] {
    return this.core.table.streams
  }

  /** Opens a stream. Waits where the remote has too many to acknowledge. */
  async createStream(options: CreateStreamOptions = {}): Promise<ByteStream> {
    options.signal?.throwIfAborted()
    while (this.state === 'open' && !this.core.canOpen) {
      if (this.openers.length >= MAX_WAITING_OPENERS) {
        throw new MuxerClosedError(`${MAX_WAITING_OPENERS} callers wait for a stream already: open fewer at once`)
      }
      await abortable(this.openers, options.signal)
    }
    return this.openStream(options)
  }

  /** Opens a stream at once, or throws. Its first bytes may be sent in the same tick and travel with the opening. */
  openStream(options: CreateStreamOptions = {}): ByteStream {
    if (this.state !== 'open') throw new MuxerClosedError(`the muxer is ${this.state}`)
    this.startReading()
    return this.core.openStream(options)
  }

  /**
   * Takes no more streams, ends our sending on those there are, gives the remote a round trip to end its own, says goodbye
   * and closes the connection. What the remote sent before it learned of that is still received; then the streams that it
   * did not end are reset: peers keep idle ones open for as long as a connection lasts. Where the protocol has no pings,
   * as mplex, they are waited for.
   *
   * When `signal` aborts first everything is aborted and it rejects with the reason; without a signal what has not left
   * after 5 seconds is reset, and the remote is waited for no longer.
   */
  async close(options: AbortOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (this.state === 'closed') return
    this.state = 'closing'
    this.settle(this.openers)
    this.core.refuse()
    const stopTimer = options.signal === undefined ? this.clock.after(GRACEFUL_CLOSE_MS, () => this.hurry()) : undefined
    try {
      await raceSignal(this.everythingSent(), options.signal)
      if (this.core.table.size > 0) {
        this.core.probe()
        await this.remote(options.signal)
      }
      this.sayGoodbye()
      await this.connection.close(options)
      await this.remote(options.signal)
    } catch (err) {
      this.abort(toError(err))
      throw err
    } finally {
      stopTimer?.()
    }
    this.ended()
  }

  abort(err: Error): void {
    if (this.state === 'closed') return
    this.core.abort(err)
    this.over()
    this.connection.abort(err)
  }

  /** For subclasses: the muxer has ended, whichever way. Called once. */
  protected onOver(): void {}

  // ---- the connection --------------------------------------------------------------------------------------------

  /**
   * Once somebody listens or opens a stream, or else in the next turn: streams that travelled with the end of the
   * handshake, hundreds perhaps, shall not come before who made this muxer can listen.
   */
  private startReading(): void {
    if (this.isReading) return
    this.isReading = true
    attachReader(this.connection, this.port)
  }

  private receive(chunk: Uint8Array): void {
    if (this.state !== 'closed') this.core.receive(chunk, this.clock.now())
  }

  private readonly onDrain = (): void => {
    this.isWritable = !this.isEnding
    this.wake()
  }

  private wake(): void {
    if (this.isFlushDue || !this.isWritable) return
    this.isFlushDue = true
    defer(this.flush)
  }

  private readonly flush = (): void => {
    this.isFlushDue = false
    if (this.isWritable && this.state !== 'closed') this.core.flush(this.clock.now())
  }

  private write(buffers: Uint8Array[]): boolean {
    if (this.isEnding) return false
    try {
      this.isWritable = sendAll(this.connection, buffers) || !this.connection.writableNeedsDrain
    } catch (err) {
      this.isWritable = false
      this.lost(toError(err))
    }
    return this.isWritable
  }

  /** The remote sends no more: nothing that is open can finish. */
  private onConnectionEnd(): void {
    this.ended()
    this.connection.close().catch(err => this.log.trace('the connection did not close in good order - %e', err))
  }

  /** In good order, though perhaps not the streams. */
  private ended(): void {
    this.lost(new ConnectionClosedError(`${this.isEnding ? 'we' : 'the remote'} closed the connection`))
  }

  private lost(cause?: Error): void {
    if (this.state === 'closed') return
    this.core.lost(cause)
    this.over()
  }

  /** Lets our last frame leave before the connection is cut. */
  private failed(err: Error): void {
    this.log.error('session failed - %e', err)
    this.over(err)
    const cut = (): void => {
      stopTimer()
      this.connection.abort(err)
    }
    const stopTimer = this.clock.after(FAREWELL_MS, cut)
    this.connection.close().then(cut, cut)
  }

  private over(error?: Error): void {
    this.state = 'closed'
    this.connection.removeEventListener('drain', this.onDrain)
    this.settle(this.openers)
    this.settle(this.closers)
    this.early.clear()
    this.onOver()
    if (this.listenerCount('close') > 0) this.dispatchEvent(new CloseEvent(false, error))
  }

  // ---- streams ---------------------------------------------------------------------------------------------------

  private opened(stream: ByteStream): boolean {
    if (this.listenerCount('stream') === 0 || this.early.size > 0) return this.early.push(stream)
    this.announce(stream)
    return true
  }

  private announce(stream: ByteStream): void {
    this.announcing = stream
    this.safeDispatchEvent('stream', { detail: stream })
    this.announcing = undefined
  }

  protected override onListenerAdded(type: string): void {
    if (type !== 'stream') return
    this.startReading()
    if (this.early.size > 0) queueMicrotask(() => this.announceEarly())
  }

  private announceEarly(): void {
    if (this.listenerCount('stream') === 0) return
    for (let stream = this.early.shift(); stream !== undefined; stream = this.early.shift()) this.announce(stream)
  }

  /** A listener that throws loses its stream and nothing else. */
  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
    this.announcing?.abort(toError(err))
  }

  // ---- closing ---------------------------------------------------------------------------------------------------

  private async everythingSent(): Promise<void> {
    // Those that cannot end in good order tell it to whoever uses them.
    await Promise.allSettled(this.streams.map(stream => stream.close()))
  }

  private async remote(signal?: AbortSignal): Promise<void> {
    if (this.status === 'closing' && !this.isLate) await abortable(this.closers, signal)
  }

  /** Nothing but frames of the session itself can be left, a batch of them at most: there is no need to wait for room. */
  private sayGoodbye(): void {
    this.core.goAway()
    this.core.flush(this.clock.now())
    this.isEnding = true
    this.isWritable = false
  }

  private hurry(): void {
    this.isLate = true
    const err = new TimeoutError('the connection did not close in time')
    for (const stream of this.streams) if (stream.writeStatus !== 'closed') stream.abort(err)
    this.settle(this.closers)
  }

  private settle(line: Waiter<void>[]): void {
    for (const waiter of line.splice(0)) waiter.resolve()
  }
}
