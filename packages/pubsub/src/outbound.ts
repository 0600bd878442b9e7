import type { Clock, Stream, Undo } from '@ts-libp2p/interface'
import { attachReader, type StreamReaderPort, sendAll } from '@ts-libp2p/stream'
import { PubsubError } from './errors.ts'
import { STALL_TIMEOUT_MS } from './limits.ts'
import type { PubsubMessage } from './message.ts'
import type { Outbox } from './outbox.ts'

export interface OutboundPort {
  /** An RPC was handed to the stream: that of a message, or another. */
  sent(frame: Uint8Array, message: PubsubMessage | undefined): void
  /** The stream is over. Called once. */
  closed(error: Error | undefined): void
}

/** RPCs handed to the stream at once, at most, before it is asked again whether it is full. */
const BATCH = 32

/** The stream on which we send to a peer. Nothing is expected to come back on it. */
export class Outbound implements StreamReaderPort {
  readonly borrows = true
  private readonly stream: Stream
  private readonly outbox: Outbox
  private readonly clock: Clock
  private readonly port: OutboundPort
  private isOver = false
  private stopStallTimer: Undo | undefined

  constructor(stream: Stream, outbox: Outbox, clock: Clock, port: OutboundPort) {
    this.stream = stream
    this.outbox = outbox
    this.clock = clock
    this.port = port
    attachReader(stream, this)
    stream.addEventListener('drain', this.onDrain)
  }

  /** Sends what waits, until the stream is full. */
  flush(): void {
    try {
      while (!this.isOver && !this.stream.writableNeedsDrain && this.sendSome());
    } catch (err) {
      this.abort(err instanceof Error ? err : new Error(String(err)))
    }
    if (this.stream.writableNeedsDrain) this.watchForStall()
  }

  /** Ends the stream in good order. */
  async close(): Promise<void> {
    this.finish(undefined)
    await this.stream.close()
  }

  abort(err: Error): void {
    this.stream.abort(err)
    this.finish(err)
  }

  // The other side has nothing to say here: what comes is not looked at.
  receive(): void {}

  // Some implementations close what they do not write to. They go on reading.
  end(): void {}

  closed(error?: Error): void {
    this.finish(error)
  }

  private sendSome(): boolean {
    const frames = this.outbox.takeControl()
    for (const frame of frames) this.port.sent(frame, undefined)
    const now = this.clock.now()
    for (let left = BATCH; left > 0; left--) {
      const message = this.outbox.takeMessage(now)
      if (message === undefined) break
      frames.push(message.frame)
      this.port.sent(message.frame, message)
    }
    if (frames.length === 0) return false
    sendAll(this.stream, frames)
    return true
  }

  private readonly onDrain = (): void => {
    this.stopStallTimer?.()
    this.stopStallTimer = undefined
    this.flush()
  }

  private watchForStall(): void {
    this.stopStallTimer ??= this.clock.after(STALL_TIMEOUT_MS, () => {
      this.abort(new PubsubError('stalled', `the peer took nothing for ${STALL_TIMEOUT_MS} ms`))
    })
  }

  private finish(error: Error | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.stopStallTimer?.()
    this.stream.removeEventListener('drain', this.onDrain)
    this.port.closed(error)
  }
}
