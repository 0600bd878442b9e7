import { type CreateStreamOptions, MuxerClosedError } from '@ts-libp2p/interface'
import {
  type ByteStream,
  Fifo,
  type MuxedStreamDefaults,
  type MuxerPort,
  MuxerSession,
  type MuxerSessionErrorCode
} from '@ts-libp2p/stream'
import { Channel, type YamuxHost } from './channel.ts'
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
import { INITIAL_WINDOW_BYTES, MAX_ACK_BACKLOG, MAX_PENDING_PONGS, MAX_STREAM_ID } from './limits.ts'
import type { SessionOptions } from './options.ts'
import { ReceiveWindow } from './receive-window.ts'

/** The value of the ping that `probe` sends. Those of the keepalive count from 1. */
const PROBE = 0

/** Who dialled is the client and opens the odd ids. */
export type Role = 'client' | 'server'

/**
 * The yamux protocol over one connection: bytes and calls in, frames and streams out through its port. It owns no
 * socket, timer or clock.
 *
 * @example
 * const session = new Session('server', resolveOptions(), port)
 * session.receive(fromHex('00 01 0001 00000001 00000000'), 0) // → port.opened(stream)
 * session.flush(0)                                            // → port.write([00 01 0002 00000001 00000000])
 */
export class Session extends MuxerSession<Channel> implements YamuxHost {
  private readonly options: SessionOptions
  private readonly keepalive: Keepalive
  private nextId: number
  /** What the remote's goodbye said; undefined until it said one. */
  private remoteGoAwayCode: number | undefined
  /** Streams of ours that the remote has not acknowledged. */
  private unacked = 0
  private spareWindowBytes: number
  /** When the last bytes came. */
  private heardAt = 0

  private readonly header: Header = { version: 0, type: 0, flags: 0, id: 0, length: 0 }
  /** Made with the first header that comes in two chunks: most sessions idle without. */
  private partialHeader: Uint8Array | undefined
  private partialBytes = 0

  private readonly updates = new Fifo<Channel>()
  private readonly pongs: number[] = []
  private isGoAwayDue = false
  /** Where the ping is that `probe` asked for. */
  private probing: 'idle' | 'due' | 'sent' = 'idle'

  constructor(role: Role, options: SessionOptions, port: MuxerPort, defaults: MuxedStreamDefaults = {}) {
    super(options, port, defaults)
    this.options = options
    this.nextId = role === 'client' ? 1 : 2
    this.spareWindowBytes = options.maxExtraWindowLength
    this.keepalive = new Keepalive(options.keepAliveInterval, options.keepAliveTimeout)
  }

  /** The round trip as pings measured it, milliseconds. */
  get rttMs(): number | undefined {
    return this.keepalive.rttMs
  }

  get canOpen(): boolean {
    return this.unacked < MAX_ACK_BACKLOG || this.remoteGoAwayCode !== undefined || this.state !== 'open'
  }

  openStream(options: CreateStreamOptions): ByteStream {
    this.assertMayOpen()
    const id = this.nextId
    this.nextId += 2
    this.unacked++
    return this.addStream(id, false, options)
  }

  override receive(chunk: Uint8Array, now: number): void {
    this.heardAt = now
    super.receive(chunk, now)
  }

  /** Pings when it is time and ends the session when the peer is silent. Returns the milliseconds until the next call. */
  keepAlive(now: number): number {
    const next = this.keepalive.check(now, this.heardAt)
    if (next === undefined) {
      const message = `no byte came for ${this.options.keepAliveTimeout} ms and a ping is unanswered`
      this.fail(new YamuxError('keepalive-timeout', message), 'ours')
      return Number.POSITIVE_INFINITY
    }
    this.port.wake()
    return next
  }

  probe(): void {
    if (this.probing === 'idle') this.probing = 'due'
    this.port.wake()
  }

  // The goodbye is said last, after the ends of all streams: go-yamux, rust-yamux and js-libp2p end all streams on
  // receiving it, and only those whose end they had can still be read to it.
  goAway(): void {
    this.isGoAwayDue = true
    this.port.wake()
  }

  override lost(cause?: Error): void {
    super.lost(this.table.size > 0 ? (this.remoteGoAway() ?? cause) : undefined)
  }

  updateDue(channel: Channel): void {
    channel.isUpdateDue = true
    this.updates.push(channel)
    this.port.wake()
  }

  // ---- frames in -------------------------------------------------------------------------------------------------

  protected readHeader(chunk: Uint8Array, at: number): number {
    if (this.partialBytes > 0 || at + HEADER_BYTES > chunk.byteLength) return this.gatherHeader(chunk, at)
    this.onFrame(readHeader(chunk, at, this.header))
    return at + HEADER_BYTES
  }

  private gatherHeader(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.byteLength, at + HEADER_BYTES - this.partialBytes)
    this.partialHeader ??= new Uint8Array(HEADER_BYTES)
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
    this.startBody(channel, length, (flags & FIN) !== 0)
  }

  private onWindowUpdate({ id, flags, length }: Header): void {
    const channel = this.channelOf(id, flags, length)
    if (channel === undefined) return
    channel.addCredit(length)
    channel.queued()
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
      this.resetByRemote(channel, new YamuxResetError(resetCode))
      return undefined
    }
    if (flags & ACK) this.onAck(channel)
    return channel
  }

  private onSyn(id: number, flags: number): void {
    if (id % 2 === this.nextId % 2) throw new YamuxError('bad-stream-id', `the remote opened stream ${id} of our side`)
    if (this.table.get(id) !== undefined) throw new YamuxError('duplicate-stream', `stream ${id} was opened twice`)
    if (flags & RST) this.countChurn()
    else if (this.admits(id)) this.addStream(id, true, {})
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
    } else if (length === PROBE && this.probing === 'sent') {
      this.probing = 'idle'
      this.port.answered()
    } else if (!this.keepalive.pong(length, this.now)) {
      throw new YamuxError('unexpected-pong', `answer ${length} to a ping that was not sent`)
    }
  }

  private onGoAway({ length }: Header): void {
    this.remoteGoAwayCode = length
    this.port.openable()
  }

  private remoteGoAway(): YamuxError | undefined {
    const code = this.remoteGoAwayCode
    if (code === undefined) return undefined
    const why = ['in good order', 'for a protocol error', 'for an internal error'][code] ?? `with code ${code}`
    return new YamuxError('remote-go-away', `the remote ended the session ${why}`)
  }

  // ---- frames out ------------------------------------------------------------------------------------------------

  protected writeControl(): void {
    const ping = this.keepalive.takeDue(this.now)
    if (ping !== undefined) this.writeFrame(PING, SYN, 0, ping)
    for (const value of this.pongs) this.writeFrame(PING, ACK, 0, value)
    this.pongs.length = 0
    if (this.probing === 'due') {
      this.probing = 'sent'
      this.writeFrame(PING, SYN, 0, PROBE)
    }
    if (this.isGoAwayDue) this.writeFrame(GO_AWAY, 0, 0, GO_AWAY_NORMAL)
    this.isGoAwayDue = false
    for (let due = this.updates.shift(); due !== undefined; due = this.updates.shift()) this.writeUpdate(due)
  }

  private writeUpdate(channel: Channel): void {
    channel.isUpdateDue = false
    if (channel.stream.remoteWriteStatus === 'closed') return
    const { window } = channel
    const before = window.size
    window.tune(this.now, this.rttMs, this.spareWindowBytes)
    this.spareWindowBytes -= window.size - before
    this.writeFrame(WINDOW_UPDATE, channel.takeOpeningFlag(), channel.key, window.grant(this.now))
  }

  // The end travels in a frame of its own: go-yamux lets its reader see the end before the body of the same frame.
  protected writeTurn(channel: Channel): void {
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

  protected writeReset(id: number, code: number): void {
    this.writeFrame(WINDOW_UPDATE, RST, id, code)
  }

  private writeFrame(type: number, flags: number, id: number, length: number): void {
    const at = this.batch.reserve(HEADER_BYTES)
    writeHeader(this.batch.slab, at, type, flags, id, length)
  }

  // ---- what the common session asks ------------------------------------------------------------------------------

  protected override assertMayOpen(): void {
    super.assertMayOpen()
    const cause = this.remoteGoAway()
    if (cause !== undefined) throw new MuxerClosedError('the remote takes no more streams', { cause })
    if (this.unacked >= MAX_ACK_BACKLOG) {
      throw new YamuxError('ack-backlog', `${MAX_ACK_BACKLOG} streams await acknowledgement: createStream() would wait`)
    }
    if (this.nextId > MAX_STREAM_ID) throw new YamuxError('ids-exhausted', 'every stream id was used')
  }

  private addStream(id: number, isInbound: boolean, options: CreateStreamOptions): ByteStream {
    const { streamOptions, maxStreamWindowLength } = this.options
    const asked = options.maxReadBufferLength ?? streamOptions.maxReadBufferLength ?? maxStreamWindowLength
    const maxWindow = Math.max(INITIAL_WINDOW_BYTES, Math.min(asked, maxStreamWindowLength))
    const channel = new Channel(this, id, isInbound, new ReceiveWindow(maxWindow, this.now))
    // A stream within its credit is never reset. Twice the window, because bytes that a reader gave back may wait too,
    // although their credit was returned when it took them.
    this.add(channel, String(id), maxWindow * 2, options)
    return channel.stream
  }

  protected override removed(channel: Channel): void {
    this.spareWindowBytes += channel.window.extraBytes
    this.onAck(channel)
  }

  protected override resetCodeOf(err: Error): number {
    return resetCodeOf(err)
  }

  protected farewell(fault: 'theirs' | 'ours'): Uint8Array {
    return encodeHeader(GO_AWAY, 0, 0, fault === 'theirs' ? GO_AWAY_PROTOCOL_ERROR : GO_AWAY_INTERNAL_ERROR)
  }

  protected error(code: MuxerSessionErrorCode, message: string): Error {
    return new YamuxError(code, message)
  }

  protected isTheirs(err: unknown): boolean {
    return err instanceof YamuxError
  }
}

function windowExceeded(id: number, length: number, credit: number): YamuxError {
  return new YamuxError('window-exceeded', `stream ${id}: a frame of ${length} bytes where ${credit} were allowed`)
}
