import { type ByteStream, type ChannelHost, MuxedChannel } from '@ts-libp2p/stream'

export interface MplexHost extends ChannelHost<Channel> {
  /** The reader took bytes of it. */
  consumed(bytes: number): void
}

/** A stream of mplex. It is told apart by its id and by who opened it: both sides may use the same id. */
export class Channel extends MuxedChannel {
  readonly id: number
  /** Bytes that arrived and wait to be read. */
  unread = 0
  protected readonly host: MplexHost

  constructor(host: MplexHost, id: number, isInbound: boolean) {
    super(keyOf(id, isInbound), isInbound)
    this.host = host
    this.id = id
  }

  get hasFrame(): boolean {
    return !this.isAnnounced || this.stream.hasQueued
  }

  consumed(_: ByteStream, bytes: number): void {
    this.unread -= bytes
    this.host.consumed(bytes)
  }
}

/** Id and opener as one number. */
export function keyOf(id: number, isInbound: boolean): number {
  return id * 2 + (isInbound ? 1 : 0)
}
