import { type Logger, type MessageStream, StreamResetError, type Undo } from '@ts-libp2p/interface'
import { defer } from '#defer'
import { toError } from './abortable.ts'
import { sendAll } from './attach.ts'
import { ByteStream } from './byte-stream.ts'
import { clockOf } from './clock.ts'
import { closeThrough } from './close-through.ts'
import { Inlet } from './inlet.ts'
import type { StreamOwner, StreamReaderPort } from './owner.ts'

/** What a layer does with the bytes that pass through it: a cipher with its frames, as a rule. */
export interface Layer {
  /** True when `open` is done with its chunk once it returns. */
  readonly borrows: boolean
  /** Something of the layer's own waits to leave: a nonce, the last message of its handshake. */
  readonly hasUnsent: boolean
  /** Pulls from the stream as much as one write takes. Returns what is to be sent for it, and whatever was unsent. */
  seal(): Uint8Array[]
  /** Bytes from below: feeds the stream what they hold. What it throws ends the connection. */
  open(chunk: Uint8Array): void
  /** The remote ended its sending. Throws where it may not end yet. */
  end(): void
}

export interface LayerChannelInit {
  /** Makes the layer over the stream that it pulls from and feeds. */
  layer: (stream: ByteStream) => Layer
  /** Unread bytes at which the stream is reset. Default 4 MiB. */
  maxReadBufferLength?: number
  /** Default: the connection's. */
  log?: Logger
}

/**
 * Puts a layer between a raw connection, which it reads and writes, and the stream above, which it owns. What was sent
 * during one tick leaves in one write; when the connection is full, what is sent waits in the stream, and when nobody
 * reads the stream, what arrives waits in the connection.
 *
 * @example
 * const { stream } = new LayerChannel(raw, { layer: stream => new NoiseLayer(stream, ciphers) })
 */
export class LayerChannel implements StreamOwner, StreamReaderPort {
  /** What the layer above uses. */
  readonly stream: ByteStream
  readonly borrows: boolean
  private readonly raw: MessageStream
  private readonly layer: Layer
  private readonly inlet: Inlet
  private readonly letGo: Undo
  private isDue = false
  private isFull: boolean
  private isEnding = false
  private isOver = false

  constructor(raw: MessageStream, { layer, maxReadBufferLength, log = raw.log }: LayerChannelInit) {
    this.raw = raw
    this.stream = new ByteStream({
      ...{ owner: this, direction: raw.direction, log, clock: clockOf(raw) },
      ...{ maxReadBufferLength, closesWithRemote: true }
    })
    this.layer = layer(this.stream)
    this.borrows = this.layer.borrows
    this.isFull = raw.writableNeedsDrain
    raw.addEventListener('drain', this.onDrain)
    this.inlet = new Inlet(raw, this)
    this.letGo = closeThrough(raw, options => (this.isEnding || this.isOver ? undefined : this.stream.close(options)))
  }

  /** Sends what is unsent after so many turns of the deferred queue, by which the layers above may have joined in. */
  flushAfter(turns: number): void {
    defer(() => (turns > 0 ? this.flushAfter(turns - 1) : this.flush()))
  }

  // ---- for the stream above ----------------------------------------------------------------------------------------

  queued(): void {
    if (this.isDue) return
    this.isDue = true
    defer(this.flushDue)
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.inlet.read(wanted)
  }

  aborted(_: ByteStream, err: Error): void {
    this.release()
    this.raw.abort(err)
  }

  ended(): void {
    this.release()
  }

  // ---- for the connection below ------------------------------------------------------------------------------------

  receive(chunk: Uint8Array): void {
    if (this.isOver) return
    try {
      this.layer.open(chunk)
    } catch (err) {
      this.fail(toError(err))
    }
  }

  end(): void {
    try {
      this.layer.end()
      this.stream.receiveEnd()
    } catch (err) {
      this.fail(toError(err))
    }
  }

  closed(error?: Error): void {
    this.release()
    if (error === undefined && this.isEnding) this.stream.finSent()
    this.stream.receiveReset(error ?? (() => new StreamResetError('the connection below was closed')))
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  // One per connection, not one per tick.
  private readonly flushDue = (): void => {
    this.isDue = false
    this.flush()
  }

  private flush(): void {
    if (this.isOver) return
    try {
      while (!this.isFull && this.hasUnsent) this.isFull = !sendAll(this.raw, this.layer.seal())
      if (this.stream.isFinQueued && !this.hasUnsent) this.endSending()
    } catch (err) {
      this.fail(toError(err))
    }
  }

  private get hasUnsent(): boolean {
    return this.stream.writeBufferLength > 0 || this.layer.hasUnsent
  }

  private endSending(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.raw.close().then(
      () => this.isOver || this.stream.finSent(),
      err => this.fail(toError(err))
    )
  }

  private readonly onDrain = (): void => {
    this.isFull = false
    this.queued()
  }

  /** Something is wrong below or with the remote: the connection goes, what was received before can still be read. */
  private fail(err: Error): void {
    if (this.isOver) return
    this.release()
    this.stream.receiveReset(err)
    this.raw.abort(err)
  }

  private release(): void {
    this.isOver = true
    this.raw.removeEventListener('drain', this.onDrain)
    this.inlet.close()
    this.letGo()
  }
}
