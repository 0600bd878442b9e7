import type { ByteStream } from '../byte-stream.ts'
import type { StreamOwner } from '../owner.ts'
import type { MuxedStream } from './stream-table.ts'

/** What a channel notes with its session. */
export interface ChannelHost<Channel> {
  /** It may have a frame to send. */
  ready(channel: Channel): void
  aborted(channel: Channel, err: Error): void
  ended(channel: Channel): void
}

/** One stream as its session keeps it: the owner below the stream. Each protocol adds what it must know. */
export abstract class MuxedChannel implements MuxedStream, StreamOwner {
  readonly key: number
  readonly isInbound: boolean
  stream!: ByteStream
  /** It waits in its session's line for a turn to send. */
  isReady = false
  /** The remote knows that the stream exists. */
  isAnnounced: boolean
  protected abstract readonly host: ChannelHost<this>

  constructor(key: number, isInbound: boolean) {
    this.key = key
    this.isInbound = isInbound
    this.isAnnounced = isInbound
  }

  /** A frame of it could leave now. */
  abstract get hasFrame(): boolean

  queued(): void {
    if (!this.isReady && this.hasFrame) this.host.ready(this)
  }

  aborted(_: ByteStream, err: Error): void {
    this.host.aborted(this, err)
  }

  ended(): void {
    this.host.ended(this)
  }
}
