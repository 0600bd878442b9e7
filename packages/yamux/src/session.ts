import { type CreateStreamOptions, MuxerClosedError, StreamResetError } from '@ts-libp2p/interface'
import {
  ByteStream,
  ChurnGuard,
  Fifo,
  FrameBatch,
  MAX_BATCH_BYTES,
  type MuxedStreamDefaults,
  type MuxerCore,
  type MuxerPort,
  StreamTable,
  toError
} from '@ts-libp2p/stream'
import { Channel, type ChannelHost } from './channel.ts'
import { resetCodeOf, YamuxError, YamuxResetError } from './errors.ts'
import {
  ACK,
  DATA,
  encodeHeader,
  FIN,
  GO_AWAY,
  GO_AWAY_INTERNAL_ERROR,
  GO_AWAY_NORMAL,
  GO_AWAY_PROTOCOL_ERROR,
  HEADER_BYTES,
  type Header,
  PING,
  RST,
  readHeader,
  SYN,
  VERSION,
  WINDOW_UPDATE,
  writeHeader
} from './frame.ts'
import { Keepalive } from './keepalive.ts'
import { INITIAL_WINDOW_BYTES, MAX_ACK_BACKLOG, MAX_PENDING_PONGS, MAX_SPARE_RESETS } from './limits.ts'
import type { SessionOptions } from './options.ts'
import { ReceiveWindow } from './receive-window.ts'

/** Who dialled is the client and opens the odd ids. */
export type Role = 'client' | 'server'

interface PendingReset {
  readonly id: number
  readonly code: number
}

/**
 * The yamux protocol over one connection: bytes and calls in, frames and streams out through its port. It owns no
 * socket, timer or clock.
 *
 * @example
 * const session = new Session('server', resolveOptions(), port)
 * session.receive(fromHex('00 01 0001 00000001 00000000'), 0) // → port.opened(stream)
 * session.flush(0)                                            // → port.write([00 01 0002 00000001 00000000])
 */
export class Session implements MuxerCore, ChannelHost {
  readonly table: StreamTable<Channel> = new StreamTable()
  private readonly options: SessionOptions
  private readonly port: MuxerPort
  private readonly defaults: MuxedStreamDefaults
  private readonly keepalive: Keepalive
  private readonly churn = new ChurnGuard()
  private state: 'open' | 'refusing' | 'over' = 'open'
  private nextId: number
  private remoteGoAway: YamuxError | undefined
  /** Streams of ours that the remote has not acknowledged. */
  private unacked = 0
  private spareWindowBytes: number

  private now = 0
  /** When the last bytes came. */
  private heardAt = 0
  private readonly header: Header = { version: 0, type: 0, flags: 0, id: 0, length: 0 }
  private readonly partialHeader = new Uint8Array(HEADER_BYTES)
  private partialBytes = 0
  private bodyLeft = 0
  /** Whose body it is; undefined while one of nobody's is skipped. */
  private bodyOf: Channel | undefined
  private endsWithBody = false

  private readonly batch = new FrameBatch()
  private readonly readyChannels = new Fifo<Channel>()
  private readonly updates = new Fifo<Channel>()
  private readonly resets = new Fifo<PendingReset>()
  private readonly pongs: number[] = []
  private isGoAwayDue = false

  constructor(role: Role, options: SessionOptions, port: MuxerPort, defaults: MuxedStreamDefaults = {}) {
    this.options = options
    this.port = port
    this.defaults = defaults
    this.nextId = role === 'client' ? 1 : 2
    this.spareWindowBytes = options.maxExtraWindowLength
    this.keepalive = new Keepalive(options.keepAliveInterval, options.keepAliveTimeout)
  }

  /** The round trip as pings measured it, milliseconds. */
  get rttMs(): number | undefined {
    return this.keepalive.rttMs
  }

  private get isOver(): boolean {
    return this.state === 'over'
  }

  get canOpen(): boolean {
    return this.unacked < MAX_ACK_BACKLOG || this.remoteGoAway !== undefined || this.state !== 'open'
  }

  openStream(options: CreateStreamOptions): ByteStream {
    this.assertMayOpen()
    const id = this.nextId
    this.nextId += 2
    const channel = this.addChannel(id, false, options)
    this.unacked++
    this.port.count('outbound')
    this.ready(channel)
    return channel.stream
  }

  /** Bytes of the connection. The views may be kept. */
  receive(chunk: Uint8Array, now: number): void {
    this.now = now
    this.heardAt = now
    try {
      this.parse(chunk)
    } catch (err) {
      this.fail(toError(err), err instanceof YamuxError ? GO_AWAY_PROTOCOL_ERROR : GO_AWAY_INTERNAL_ERROR)
    }
  }

  /** Writes what is queued, batch by batch, until nothing is left or the port is full. */
  flush(now: number): void {
    this.now = now
    while (!this.isOver) {
      this.writeControl()
      this.writeUpdates()
      this.writeData()
      if (this.isOver || this.batch.byteLength === 0 || !this.port.write(this.batch.take())) return
    }
  }

  /** Pings when it is time and ends the session when the peer is silent. Returns the milliseconds until the next call. */
  keepAlive(now: number): number {
    const next = this.keepalive.check(now, this.heardAt)
    if (next === undefined) {
      const message = `no byte came for ${this.options.keepAliveTimeout} ms and a ping is unanswered`
      this.fail(new YamuxError('keepalive-timeout', message), GO_AWAY_INTERNAL_ERROR)
      return Number.POSITIVE_INFINITY
    }
    this.port.wake()
    return next
  }

  refuse(): void {
    if (this.state === 'open') this.state = 'refusing'
  }

  // The goodbye is said last, when every stream has finished: rust-yamux and js-libp2p end all streams on receiving it.
  goAway(): void {
    this.isGoAwayDue = true
    this.port.wake()
  }

  abort(err: Error): void {
    if (this.isOver) return
    this.state = 'over'
    this.port.write([encodeHeader(GO_AWAY, 0, 0, GO_AWAY_INTERNAL_ERROR)])
    for (const stream of this.table.drain()) stream.abort(err)
  }

  lost(cause?: Error): void {
    if (this.isOver) return
    this.state = 'over'
    this.resetAll('the connection was lost', this.remoteGoAway ?? cause)
  }

  // ---- bytes in --------------------------------------------------------------------------------------------------

  private parse(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength && !this.isOver) {
      if (this.bodyLeft > 0) {
        at = this.takeBody(chunk, at)
      } else if (this.partialBytes === 0 && at + HEADER_BYTES <= chunk.byteLength) {
        this.onFrame(readHeader(chunk, at, this.header))
        at += HEADER_BYTES
      } else {
        at = this.gatherHeader(chunk, at)
      }
    }
  }

  private takeBody(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.byteLength, at + this.bodyLeft)
    this.bodyLeft -= end - at
    this.bodyOf?.stream.receive(chunk.subarray(at, end))
    if (this.bodyLeft === 0) this.endBody()
    return end
  }

  private gatherHeader(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.byteLength, at + HEADER_BYTES - this.partialBytes)
    this.partialHeader.set(chunk.subarray(at, end), this.partialBytes)
    this.partialBytes += end - at
    if (this.partialBytes === HEADER_BYTES) {
      this.partialBytes = 0
      this.onFrame(readHeader(this.partialHeader, 0, this.header))
    }
    return end
  }

  private onFrame(header: Header): void {
    if (header.version !== VERSION) throw new YamuxError('bad-version', `frame of version ${header.version}`)
    switch (header.type) {
      case DATA:
        this.onData(header)
        break
      case WINDOW_UPDATE:
        this.onWindowUpdate(header)
        break
      case PING:
        this.onPing(header)
        break
      case GO_AWAY:
        this.onGoAway(header)
        break
      default:
        throw new YamuxError('bad-type', `frame of type ${header.type}`)
    }
  }

  private onData({ id, flags, length }: Header): void {
    // Before anything is opened or kept: the first body may be as large as the first window, and no more.
    const limit = flags & SYN ? INITIAL_WINDOW_BYTES : this.options.maxStreamWindowLength
    if (length > limit) throw windowExceeded(id, length, limit)
    const channel = this.channelOf(id, flags)
    if (channel !== undefined && !channel.window.take(length)) {
      throw windowExceeded(id, length, channel.window.creditBytes)
    }
    this.bodyOf = channel
    this.bodyLeft = length
    this.endsWithBody = (flags & FIN) !== 0
    if (length === 0) this.endBody()
  }

  private endBody(): void {
    const channel = this.bodyOf
    this.bodyOf = undefined
    if (this.endsWithBody) channel?.stream.receiveEnd()
  }

  private onWindowUpdate({ id, flags, length }: Header): void {
    const channel = this.channelOf(id, flags, length)
    if (channel === undefined) return
    channel.addCredit(length)
    if (channel.sendable > 0) this.ready(channel)
    if (flags & FIN) channel.stream.receiveEnd()
  }

  /**
   * The stream that a frame is for, opened, acknowledged or reset as the flags say; undefined when the frame concerns
   * nobody. One for a stream that we forgot is no mistake of the remote: it may have sent it before it heard of the end.
   */
  private channelOf(id: number, flags: number, resetCode = 0): Channel | undefined {
    if (id === 0) throw new YamuxError('bad-stream-id', 'frame of a stream on id 0, which is the session')
    if (flags & SYN) this.onSyn(id, flags)
    const channel = this.table.get(id)
    if (channel === undefined) return undefined
    if (flags & RST) {
      this.onReset(channel, resetCode)
      return undefined
    }
    if (flags & ACK) this.onAck(channel)
    return channel
  }

  private onSyn(id: number, flags: number): void {
    if (id % 2 === this.nextId % 2) throw new YamuxError('bad-stream-id', `the remote opened stream ${id} of our side`)
    if (this.table.get(id) !== undefined) throw new YamuxError('duplicate-stream', `stream ${id} was opened twice`)
    if (flags & RST) this.countChurn()
    else if (this.state !== 'open' || this.table.inbound >= this.options.maxInboundStreams) this.reject(id)
    else this.accept(id)
  }

  private accept(id: number): void {
    const channel = this.addChannel(id, true, {})
    this.port.count('inbound')
    this.ready(channel)
    if (this.port.opened(channel.stream)) return
    this.port.count('rejected')
    channel.stream.abort(new YamuxError('nobody-listens', `stream ${id} came before anybody listened for streams`))
  }

  private reject(id: number): void {
    this.port.count('rejected')
    this.countChurn()
    this.queueReset(id, 0)
  }

  private onReset(channel: Channel, code: number): void {
    this.port.count('reset')
    this.removeChannel(channel)
    channel.stream.receiveReset(new YamuxResetError(code))
    if (channel.isInbound) this.countChurn()
  }

  private countChurn(): void {
    if (this.churn.count(this.now)) return
    throw new YamuxError('too-much-churn', 'the remote opens streams that come to nothing, over and over')
  }

  private onAck(channel: Channel): void {
    if (channel.isAcked) return
    channel.isAcked = true
    this.unacked--
    this.port.openable()
  }

  private onPing({ flags, length }: Header): void {
    if (flags & SYN) {
      if (this.pongs.length >= MAX_PENDING_PONGS) {
        throw new YamuxError('control-overflow', `${MAX_PENDING_PONGS} pings wait for an answer to leave`)
      }
      this.pongs.push(length)
      this.port.wake()
    } else if (!(flags & ACK)) {
      throw new YamuxError('bad-flags', `ping with flags ${flags}: neither question nor answer`)
    } else if (!this.keepalive.pong(length, this.now)) {
      throw new YamuxError('unexpected-pong', `answer ${length} to a ping that was not sent`)
    }
  }

  private onGoAway({ length }: Header): void {
    const why = ['in good order', 'for a protocol error', 'for an internal error'][length] ?? `with code ${length}`
    this.remoteGoAway = new YamuxError('remote-go-away', `the remote ended the session ${why}`)
    this.port.openable()
  }

  // ---- frames out ------------------------------------------------------------------------------------------------

  private writeControl(): void {
    const ping = this.keepalive.takeDue(this.now)
    if (ping !== undefined) this.writeFrame(PING, SYN, 0, ping)
    for (const value of this.pongs) this.writeFrame(PING, ACK, 0, value)
    this.pongs.length = 0
    for (let reset = this.resets.shift(); reset !== undefined; reset = this.resets.shift()) {
      this.writeFrame(WINDOW_UPDATE, RST, reset.id, reset.code)
    }
    if (this.isGoAwayDue) this.writeFrame(GO_AWAY, 0, 0, GO_AWAY_NORMAL)
    this.isGoAwayDue = false
  }

  private writeUpdates(): void {
    for (let channel = this.updates.shift(); channel !== undefined; channel = this.updates.shift()) {
      channel.isUpdateDue = false
      if (!this.isLive(channel) || channel.stream.remoteWriteStatus === 'closed') continue
      const { window } = channel
      const before = window.size
      window.tune(this.now, this.keepalive.rttMs, this.spareWindowBytes)
      this.spareWindowBytes -= window.size - before
      this.writeFrame(WINDOW_UPDATE, channel.takeOpeningFlag(), channel.key, window.grant(this.now))
    }
  }

  /** Goes round the streams that have something to send, one frame each, until the batch is full. */
  private writeData(): void {
    while (this.batch.byteLength < MAX_BATCH_BYTES && !this.isOver) {
      const channel = this.readyChannels.shift()
      if (channel === undefined) return
      channel.isReady = false
      if (!this.isLive(channel)) continue
      this.writeTurn(channel)
      channel.queued()
    }
  }

  // The end travels in a frame of its own: go-yamux lets its reader see the end before the body of the same frame.
  private writeTurn(channel: Channel): void {
    const { stream, key } = channel
    const length = Math.min(channel.sendable, this.options.maxMessageSize)
    if (length > 0) {
      this.writeFrame(DATA, channel.takeOpeningFlag(), key, length)
      channel.sendCredit -= length
      this.batch.pull(stream, length)
    }
    if (stream.isFinQueued) {
      this.writeFrame(WINDOW_UPDATE, FIN | channel.takeOpeningFlag(), key, 0)
      stream.finSent()
    } else if (channel.openingFlag !== 0) {
      this.writeFrame(WINDOW_UPDATE, channel.takeOpeningFlag(), key, 0)
    }
  }

  private writeFrame(type: number, flags: number, id: number, length: number): void {
    const at = this.batch.reserve(HEADER_BYTES)
    writeHeader(this.batch.slab, at, type, flags, id, length)
  }

  private queueReset(id: number, code: number): void {
    const { maxInboundStreams, maxOutboundStreams } = this.options
    if (this.resets.length >= maxInboundStreams + maxOutboundStreams + MAX_SPARE_RESETS) {
      throw new YamuxError(
        'control-overflow',
        `${this.resets.length} resets wait to leave and the remote does not read`
      )
    }
    this.resets.push({ id, code })
    this.port.wake()
  }

  // ---- for the channels ------------------------------------------------------------------------------------------

  ready(channel: Channel): void {
    if (channel.isReady) return
    channel.isReady = true
    this.readyChannels.push(channel)
    this.port.wake()
  }

  updateDue(channel: Channel): void {
    channel.isUpdateDue = true
    this.updates.push(channel)
    this.port.wake()
  }

  aborted(channel: Channel, err: Error): void {
    if (!this.removeChannel(channel) || !channel.isAnnounced) return
    try {
      this.queueReset(channel.key, resetCodeOf(err))
    } catch (overflow) {
      this.fail(toError(overflow), GO_AWAY_PROTOCOL_ERROR)
    }
  }

  ended(channel: Channel): void {
    this.removeChannel(channel)
  }

  // ---- streams ---------------------------------------------------------------------------------------------------

  private assertMayOpen(): void {
    const { maxOutboundStreams } = this.options
    if (this.state !== 'open') throw new MuxerClosedError()
    if (this.remoteGoAway !== undefined) {
      throw new MuxerClosedError('the remote takes no more streams', { cause: this.remoteGoAway })
    }
    if (this.table.outbound >= maxOutboundStreams) {
      throw new YamuxError('too-many-streams', `${maxOutboundStreams} streams of ours are open: close some first`)
    }
    if (this.unacked >= MAX_ACK_BACKLOG) {
      throw new YamuxError('ack-backlog', `${MAX_ACK_BACKLOG} streams await acknowledgement: createStream() would wait`)
    }
    if (this.nextId > 0xffffffff) throw new YamuxError('ids-exhausted', 'every stream id was used')
  }

  private addChannel(id: number, isInbound: boolean, options: CreateStreamOptions): Channel {
    const { streamOptions, maxStreamWindowLength } = this.options
    const asked = options.maxReadBufferLength ?? streamOptions.maxReadBufferLength ?? maxStreamWindowLength
    const maxWindow = Math.max(INITIAL_WINDOW_BYTES, Math.min(asked, maxStreamWindowLength))
    const channel = new Channel(this, id, isInbound, new ReceiveWindow(maxWindow, this.now))
    channel.stream = new ByteStream({
      ...this.defaults,
      owner: channel,
      id: String(id),
      direction: isInbound ? 'inbound' : 'outbound',
      protocol: options.protocol,
      // A stream within its credit is never reset. Twice the window, because bytes that a reader gave back may wait
      // too, although their credit was returned when it took them.
      maxReadBufferLength: maxWindow * 2,
      maxWriteBufferLength: options.maxWriteBufferLength ?? streamOptions.maxWriteBufferLength,
      inactivityTimeout: options.inactivityTimeout ?? streamOptions.inactivityTimeout
    })
    this.table.add(channel)
    return channel
  }

  private isLive(channel: Channel): boolean {
    return this.table.get(channel.key) === channel
  }

  private removeChannel(channel: Channel): boolean {
    if (!this.isLive(channel)) return false
    this.table.delete(channel)
    this.spareWindowBytes += channel.window.extraBytes
    if (this.bodyOf === channel) this.bodyOf = undefined
    if (!channel.isAcked) this.onAck(channel)
    if (this.table.size === 0) this.port.emptied()
    return true
  }

  // ---- the end ---------------------------------------------------------------------------------------------------

  private fail(err: Error, code: number): void {
    if (this.isOver) return
    this.state = 'over'
    this.port.count('failed')
    this.port.write([encodeHeader(GO_AWAY, 0, 0, code)])
    this.resetAll(err.message, err)
    this.port.failed(err)
  }

  private resetAll(message: string, cause?: Error): void {
    const reset = new StreamResetError(message, { cause })
    for (const stream of this.table.drain()) stream.receiveReset(reset)
  }
}

function windowExceeded(id: number, length: number, credit: number): YamuxError {
  return new YamuxError('window-exceeded', `stream ${id}: a frame of ${length} bytes where ${credit} were allowed`)
}
