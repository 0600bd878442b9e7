import { type ByteStream, type ChannelHost, MuxedChannel } from '@ts-libp2p/stream'
import { ACK, SYN } from './frame.ts'
import { INITIAL_WINDOW_BYTES, MAX_SEND_CREDIT_BYTES } from './limits.ts'
import type { ReceiveWindow } from './receive-window.ts'

export interface YamuxHost extends ChannelHost<Channel> {
  /** The remote is due credit. */
  updateDue(channel: Channel): void
}

/** A stream with its credit both ways. Its key is the stream id. */
export class Channel extends MuxedChannel {
  readonly window: ReceiveWindow
  /** Bytes that we may send. */
  sendCredit: number = INITIAL_WINDOW_BYTES
  /** SYN or ACK, until it has left with our first frame. */
  openingFlag: number
  /** The remote has acknowledged it, or opened it. */
  isAcked: boolean
  /** In the session's list of those that are due credit. */
  isUpdateDue = false
  protected readonly host: YamuxHost

  constructor(host: YamuxHost, id: number, isInbound: boolean, window: ReceiveWindow) {
    super(id, isInbound)
    this.host = host
    this.window = window
    this.openingFlag = isInbound ? ACK : SYN
    this.isAcked = isInbound
  }

  get hasFrame(): boolean {
    return this.openingFlag !== 0 || this.sendable > 0 || this.stream.isFinQueued
  }

  /** Bytes that wait and that the remote has room for. */
  get sendable(): number {
    return Math.min(this.stream.writeBufferLength, this.sendCredit)
  }

  addCredit(bytes: number): void {
    this.sendCredit = Math.min(this.sendCredit + bytes, MAX_SEND_CREDIT_BYTES)
  }

  /** The flag that our next frame carries. */
  takeOpeningFlag(): number {
    const flag = this.openingFlag
    this.openingFlag = 0
    this.isAnnounced = true
    return flag
  }

  consumed(_: ByteStream, bytes: number): void {
    const isDue = this.window.consume(bytes)
    if (isDue && !this.isUpdateDue) this.host.updateDue(this)
  }
}
