import type { ByteStream, MuxedStream, StreamOwner } from '@ts-libp2p/stream'
import { ACK, SYN } from './frame.ts'
import { INITIAL_WINDOW_BYTES, MAX_SEND_CREDIT_BYTES } from './limits.ts'
import type { ReceiveWindow } from './receive-window.ts'

/** What a channel notes with its session. */
export interface ChannelHost {
  /** There may be a frame to send for it. */
  ready(channel: Channel): void
  /** The remote is due credit. */
  updateDue(channel: Channel): void
  aborted(channel: Channel, err: Error): void
  ended(channel: Channel): void
}

/** One stream as the session keeps it: its credit both ways and what is still to be said about it. */
export class Channel implements MuxedStream, StreamOwner {
  readonly key: number
  readonly isInbound: boolean
  readonly window: ReceiveWindow
  stream!: ByteStream
  /** Bytes that we may send. */
  sendCredit: number = INITIAL_WINDOW_BYTES
  /** SYN or ACK, until it has left with our first frame. */
  openingFlag: number
  /** The remote knows that the stream exists. */
  isAnnounced: boolean
  /** The remote has acknowledged it, or opened it. */
  isAcked: boolean
  /** In the session's list of those with something to send. */
  isReady = false
  /** In the session's list of those that are due credit. */
  isUpdateDue = false
  private readonly host: ChannelHost

  constructor(host: ChannelHost, id: number, isInbound: boolean, window: ReceiveWindow) {
    this.host = host
    this.key = id
    this.isInbound = isInbound
    this.window = window
    this.openingFlag = isInbound ? ACK : SYN
    this.isAnnounced = isInbound
    this.isAcked = isInbound
  }

  /** A frame of it could leave now. */
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

  queued(): void {
    if (!this.isReady && this.hasFrame) this.host.ready(this)
  }

  consumed(_: ByteStream, bytes: number): void {
    const isDue = this.window.consume(bytes)
    if (isDue && !this.isUpdateDue) this.host.updateDue(this)
  }

  aborted(_: ByteStream, err: Error): void {
    this.host.aborted(this, err)
  }

  ended(): void {
    this.host.ended(this)
  }
}
