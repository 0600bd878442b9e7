import { fromUtf8 } from '@ts-libp2p/bytes'
import { type CreateStreamOptions, StreamResetError } from '@ts-libp2p/interface'
import {
  type ByteStream,
  type MuxedStreamDefaults,
  type MuxerPort,
  MuxerSession,
  type MuxerSessionErrorCode
} from '@ts-libp2p/stream'
import { Channel, keyOf, type MplexHost } from './channel.ts'
import { MplexError } from './errors.ts'
import {
  BY_INITIATOR,
  CLOSE,
  LAST_FLAG,
  MESSAGE,
  NEW_STREAM,
  prefixLength,
  RESET,
  splitHeader,
  type Tag,
  writePrefix
} from './frame.ts'
import { MAX_FRAME_BODY_BYTES, MAX_STREAM_UNREAD_BYTES } from './limits.ts'
import type { SessionOptions } from './options.ts'
import { VarintReader } from './varint-reader.ts'

/**
 * The mplex protocol over one connection: bytes and calls in, frames and streams out through its port. It owns no
 * socket, timer or clock. Both sides of a connection are alike.
 *
 * @example
 * const session = new Session(resolveOptions(), port)
 * session.receive(fromHex('00 01 30'), 0) // → port.opened(stream)
 */
export class Session extends MuxerSession<Channel> implements MplexHost {
  private readonly options: SessionOptions
  private nextId = 0
  private unread = 0
  private readonly varint = new VarintReader()
  private tag: Tag | undefined

  constructor(options: SessionOptions, port: MuxerPort, defaults: MuxedStreamDefaults = {}) {
    super(options, port, defaults)
    this.options = options
  }

  /** Nothing in the protocol makes an opener wait. */
  get canOpen(): boolean {
    return true
  }

  openStream(options: CreateStreamOptions): ByteStream {
    this.assertMayOpen()
    return this.addStream(this.nextId++, false, options)
  }

  /** The protocol has no question for the session. */
  probe(): void {}

  /** Nor a goodbye. */
  goAway(): void {}

  consumed(bytes: number): void {
    this.unread -= bytes
  }

  // ---- frames in -------------------------------------------------------------------------------------------------

  protected readHeader(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.byteLength; at++) {
      if (!this.varint.push(chunk[at] as number)) continue
      if (this.tag === undefined) {
        this.tag = splitHeader(this.varint.value)
        continue
      }
      const tag = this.tag
      this.tag = undefined
      this.onFrame(tag, this.varint.value)
      return at + 1
    }
    return chunk.byteLength
  }

  private onFrame({ id, flag }: Tag, length: number): void {
    if (flag > LAST_FLAG) throw new MplexError('bad-flag', `frame with flag ${flag}`)
    if (length > MAX_FRAME_BODY_BYTES) {
      throw new MplexError(
        'frame-too-large',
        `stream ${id}: a frame of ${length} bytes, ${MAX_FRAME_BODY_BYTES} allowed`
      )
    }
    if (flag === NEW_STREAM) this.onNewStream(id)
    const channel = flag === NEW_STREAM ? undefined : this.channelOf(id, flag)
    const isMessage = flag === MESSAGE || flag === MESSAGE + BY_INITIATOR
    // The body of anything but a message (a name, or what should not be there) is read and dropped.
    this.startBody(isMessage ? channel : undefined, length, false)
    if (channel === undefined || isMessage) return
    if (flag < RESET) channel.stream.receiveEnd()
    else this.resetByRemote(channel, new StreamResetError())
  }

  /**
   * The stream that a frame is for, if we still know it. One for a stream that we forgot is no mistake of the remote:
   * it may have sent it before it heard of the end.
   */
  private channelOf(id: number, flag: number): Channel | undefined {
    const isByOpener = flag % 2 === 0
    return this.table.get(keyOf(id, isByOpener))
  }

  private onNewStream(id: number): void {
    const key = keyOf(id, true)
    if (this.table.get(key) !== undefined) throw new MplexError('duplicate-stream', `stream ${id} was opened twice`)
    if (this.admits(key)) this.addStream(id, true, {})
  }

  protected override deliver(channel: Channel, bytes: Uint8Array): void {
    const { stream } = channel
    if (stream.remoteWriteStatus === 'closed') return
    channel.unread += bytes.byteLength
    this.unread += bytes.byteLength
    stream.receive(bytes)
    if (this.unread > this.options.maxUnreadBytes && channel.unread > 0) stream.abort(this.tooMuchUnread(channel))
  }

  // ---- frames out ------------------------------------------------------------------------------------------------

  protected writeControl(): void {}

  protected writeTurn(channel: Channel): void {
    const { stream, id } = channel
    if (!channel.isAnnounced) this.writeNewStream(channel)
    const side = channel.isInbound ? 0 : BY_INITIATOR
    const length = Math.min(stream.writeBufferLength, this.options.maxMessageSize)
    if (length > 0) {
      this.writePrefix(id, MESSAGE + side, length)
      this.batch.pull(stream, length)
    }
    if (!stream.isFinQueued) return
    this.writePrefix(id, CLOSE + side, 0)
    stream.finSent()
  }

  /** The name is the id, as the spec proposes. */
  private writeNewStream(channel: Channel): void {
    channel.isAnnounced = true
    const name = fromUtf8(String(channel.id))
    this.writePrefix(channel.id, NEW_STREAM, name.byteLength)
    const at = this.batch.reserve(name.byteLength)
    this.batch.slab.set(name, at)
  }

  protected writeReset(key: number): void {
    const isInbound = key % 2 === 1
    this.writePrefix(Math.floor(key / 2), RESET + (isInbound ? 0 : BY_INITIATOR), 0)
  }

  private writePrefix(id: number, flag: number, length: number): void {
    const at = this.batch.reserve(prefixLength(id, flag, length))
    writePrefix(this.batch.slab, at, id, flag, length)
  }

  // ---- what the common session asks ------------------------------------------------------------------------------

  private addStream(id: number, isInbound: boolean, options: CreateStreamOptions): ByteStream {
    const { streamOptions } = this.options
    const channel = new Channel(this, id, isInbound)
    const limit = options.maxReadBufferLength ?? streamOptions.maxReadBufferLength ?? MAX_STREAM_UNREAD_BYTES
    // Both sides may use the same id: the name here says who opened it.
    this.add(channel, `${isInbound ? 'remote' : 'local'}-${id}`, limit, options)
    return channel.stream
  }

  protected override removed(channel: Channel): void {
    this.unread -= channel.unread
    channel.unread = 0
  }

  protected farewell(): undefined {}

  protected error(code: MuxerSessionErrorCode, message: string): Error {
    return new MplexError(code, message)
  }

  protected isTheirs(err: unknown): boolean {
    return err instanceof MplexError
  }

  private tooMuchUnread(channel: Channel): Error {
    const { maxUnreadBytes } = this.options
    return new MplexError(
      'too-much-unread',
      `stream ${channel.stream.id}: the streams of the connection hold over ${maxUnreadBytes} unread bytes`
    )
  }
}
