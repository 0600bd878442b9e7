import { type CreateStreamOptions, MuxerClosedError, type StreamOptions, StreamResetError } from '@ts-libp2p/interface'
import { toError } from '../abortable.ts'
import { ByteStream } from '../byte-stream.ts'
import { ChurnGuard } from './churn-guard.ts'
import { Fifo } from './fifo.ts'
import { FrameBatch } from './frame-batch.ts'
import { MAX_BATCH_BYTES, MAX_SPARE_RESETS } from './limits.ts'
import type { ChannelHost, MuxedChannel } from './muxed-channel.ts'
import type { MuxedStreamDefaults, MuxerCore, MuxerPort } from './muxer-core.ts'
import { StreamTable } from './stream-table.ts'

/** What every muxer's errors tell apart. Each package has them among the codes of its own class. */
export type MuxerSessionErrorCode =
  /** The peer makes us answer and does not read the answers. */
  | 'control-overflow'
  /** The peer opens streams that come to nothing, over and over. */
  | 'too-much-churn'
  /** We may not open more streams: too many are open. */
  | 'too-many-streams'
  /** An inbound stream came when nobody listened and too many waited. */
  | 'nobody-listens'

export interface MuxerSessionLimits {
  readonly maxInboundStreams: number
  readonly maxOutboundStreams: number
  readonly streamOptions: StreamOptions
}

/**
 * What the sessions of all muxers have in common: streams that come and go within limits, bodies passed on as they
 * arrive, and a fair turn for every stream that has something to send. The protocols add their frames.
 */
export abstract class MuxerSession<Channel extends MuxedChannel> implements MuxerCore, ChannelHost<Channel> {
  readonly table: StreamTable<Channel> = new StreamTable()
  protected readonly port: MuxerPort
  protected readonly batch: FrameBatch = new FrameBatch()
  /** The latest moment that the shell told. */
  protected now = 0
  protected state: 'open' | 'refusing' | 'over' = 'open'
  private readonly limits: MuxerSessionLimits
  private readonly defaults: MuxedStreamDefaults
  private readonly churn = new ChurnGuard()
  private readonly readyChannels = new Fifo<Channel>()
  private readonly resets = new Fifo<{ key: number; code: number }>()
  private bodyLeft = 0
  /** Whose body it is; undefined while one of nobody's is skipped. A stream that is over drops what it is given. */
  private bodyOf: Channel | undefined
  private endsWithBody = false

  constructor(limits: MuxerSessionLimits, port: MuxerPort, defaults: MuxedStreamDefaults) {
    this.limits = limits
    this.port = port
    this.defaults = defaults
  }

  abstract get canOpen(): boolean
  abstract openStream(options: CreateStreamOptions): ByteStream
  abstract probe(): void
  abstract goAway(): void

  /** Reads on from `at`, to the end of a frame's header or of the chunk at most. Returns where it stopped. */
  protected abstract readHeader(chunk: Uint8Array, at: number): number
  /** Writes the frames that concern no stream or must not wait for a turn. */
  protected abstract writeControl(): void
  protected abstract writeReset(key: number, code: number): void
  /** Writes one frame's worth of what the stream has queued, and its beginning and end. */
  protected abstract writeTurn(channel: Channel): void
  /** The last frame, by whose fault the session ends; undefined where the protocol has none. */
  protected abstract farewell(fault: 'theirs' | 'ours'): Uint8Array | undefined
  protected abstract error(code: MuxerSessionErrorCode, message: string): Error
  /** True when an error that receiving caused was the peer's mistake. */
  protected abstract isTheirs(err: unknown): boolean
  /** The code that a reset of ours carries. */
  protected resetCodeOf(_: Error): number {
    return 0
  }
  protected removed(_: Channel): void {}

  // ---- for the shell ---------------------------------------------------------------------------------------------

  /** Bytes of the connection. The views may be kept. */
  receive(chunk: Uint8Array, now: number): void {
    this.now = now
    try {
      for (let at = 0; at < chunk.byteLength && !this.isOver; ) {
        at = this.bodyLeft > 0 ? this.takeBody(chunk, at) : this.readHeader(chunk, at)
      }
    } catch (err) {
      this.fail(toError(err), this.isTheirs(err) ? 'theirs' : 'ours')
    }
  }

  /** Writes what is queued, batch by batch, until nothing is left or the port is full. */
  flush(now: number): void {
    this.now = now
    while (!this.isOver) {
      for (let reset = this.resets.shift(); reset !== undefined; reset = this.resets.shift()) {
        this.writeReset(reset.key, reset.code)
      }
      this.writeControl()
      this.writeTurns()
      if (this.isOver || this.batch.byteLength === 0 || !this.port.write(this.batch.take())) return
    }
  }

  refuse(): void {
    if (this.state === 'open') this.state = 'refusing'
  }

  abort(err: Error): void {
    if (this.isOver) return
    this.end('ours')
    for (const stream of this.table.drain()) stream.abort(err)
  }

  lost(cause?: Error): void {
    if (this.isOver) return
    this.state = 'over'
    this.resetAll('the connection has ended', cause)
  }

  // ---- for the channels ------------------------------------------------------------------------------------------

  ready(channel: Channel): void {
    if (channel.isReady) return
    channel.isReady = true
    this.readyChannels.push(channel)
    this.port.wake()
  }

  aborted(channel: Channel, err: Error): void {
    if (!this.remove(channel) || !channel.isAnnounced) return
    try {
      this.queueReset(channel.key, this.resetCodeOf(err))
      // Whoever makes us reset its streams does the same as one that resets them itself (CVE-2025-8671).
      if (channel.isInbound) this.countChurn()
    } catch (tooMuch) {
      this.fail(toError(tooMuch), 'theirs')
    }
  }

  ended(channel: Channel): void {
    this.remove(channel)
  }

  // ---- for the protocols -----------------------------------------------------------------------------------------

  protected get isOver(): boolean {
    return this.state === 'over'
  }

  protected isLive(channel: Channel): boolean {
    return this.table.get(channel.key) === channel
  }

  /** The next `length` bytes are a body: the channel's, or nobody's. With `isLast` the remote's sending ends after it. */
  protected startBody(channel: Channel | undefined, length: number, isLast: boolean): void {
    this.bodyOf = channel
    this.bodyLeft = length
    this.endsWithBody = isLast
    if (length === 0) this.endBody()
  }

  protected deliver(channel: Channel, bytes: Uint8Array): void {
    channel.stream.receive(bytes)
  }

  protected assertMayOpen(): void {
    const { maxOutboundStreams } = this.limits
    if (this.state !== 'open') throw new MuxerClosedError()
    if (this.table.outbound < maxOutboundStreams) return
    throw this.error('too-many-streams', `${maxOutboundStreams} streams of ours are open: close some first`)
  }

  /** True when one more inbound stream is welcome; else it is rejected. */
  protected admits(key: number): boolean {
    if (this.state === 'open' && this.table.inbound < this.limits.maxInboundStreams) return true
    this.port.count('rejected')
    this.countChurn()
    this.queueReset(key, 0)
    return false
  }

  /** Makes the channel's stream, lists it, and gets its first frame on the way. Inbound ones are announced. */
  protected add(channel: Channel, id: string, maxReadBufferLength: number, options: CreateStreamOptions): void {
    const { streamOptions } = this.limits
    channel.stream = new ByteStream({
      ...this.defaults,
      owner: channel,
      id,
      direction: channel.isInbound ? 'inbound' : 'outbound',
      maxReadBufferLength,
      maxWriteBufferLength: options.maxWriteBufferLength ?? streamOptions.maxWriteBufferLength,
      inactivityTimeout: options.inactivityTimeout ?? streamOptions.inactivityTimeout
    })
    this.table.add(channel)
    this.port.count(channel.isInbound ? 'inbound' : 'outbound')
    channel.queued()
    if (!channel.isInbound || this.port.opened(channel.stream)) return
    this.port.count('rejected')
    channel.stream.abort(this.error('nobody-listens', `stream ${id} came before anybody listened for streams`))
  }

  /** The remote reset the stream. */
  protected resetByRemote(channel: Channel, err: Error): void {
    this.port.count('reset')
    this.remove(channel)
    channel.stream.receiveReset(err)
    if (channel.isInbound) this.countChurn()
  }

  /** Counts an inbound stream that came to nothing. */
  protected countChurn(): void {
    if (this.churn.count(this.now)) return
    throw this.error('too-much-churn', 'the remote opens streams that come to nothing, over and over')
  }

  protected fail(err: Error, fault: 'theirs' | 'ours'): void {
    if (this.isOver) return
    this.port.count('failed')
    this.end(fault)
    this.resetAll(err.message, err)
    this.port.failed(err)
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private takeBody(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.byteLength, at + this.bodyLeft)
    this.bodyLeft -= end - at
    if (this.bodyOf !== undefined) {
      this.deliver(this.bodyOf, end - at === chunk.byteLength ? chunk : chunk.subarray(at, end))
    }
    if (this.bodyLeft === 0) this.endBody()
    return end
  }

  private endBody(): void {
    const channel = this.bodyOf
    this.bodyOf = undefined
    if (this.endsWithBody) channel?.stream.receiveEnd()
  }

  /** Goes round the streams that have something to send, one frame each, until the batch is full. */
  private writeTurns(): void {
    while (this.batch.byteLength < MAX_BATCH_BYTES && !this.isOver) {
      const channel = this.readyChannels.shift()
      if (channel === undefined) return
      channel.isReady = false
      if (!this.isLive(channel)) continue
      this.writeTurn(channel)
      channel.queued()
    }
  }

  private queueReset(key: number, code: number): void {
    const { maxInboundStreams, maxOutboundStreams } = this.limits
    if (this.resets.length >= maxInboundStreams + maxOutboundStreams + MAX_SPARE_RESETS) {
      throw this.error('control-overflow', `${this.resets.length} resets wait to leave and the remote does not read`)
    }
    this.resets.push({ key, code })
    this.port.wake()
  }

  private remove(channel: Channel): boolean {
    if (!this.isLive(channel)) return false
    this.table.delete(channel)
    this.removed(channel)
    if (this.table.size === 0) this.port.emptied()
    return true
  }

  private end(fault: 'theirs' | 'ours'): void {
    this.state = 'over'
    const farewell = this.farewell(fault)
    if (farewell !== undefined) this.port.write([farewell])
  }

  private resetAll(message: string, cause?: Error): void {
    if (this.table.size === 0) return
    const reset = new StreamResetError(message, { cause })
    for (const stream of this.table.drain()) stream.receiveReset(reset)
  }
}
