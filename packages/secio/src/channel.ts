import { type MessageStream, StreamResetError } from '@ts-libp2p/interface'
import {
  ByteStream,
  clockOf,
  defer,
  Inlet,
  type StreamOwner,
  type StreamReaderPort,
  sendAll,
  toError
} from '@ts-libp2p/stream'
import type { OpeningBox, SealingBox } from './box.ts'
import { SecioError } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import { MAX_FLUSH_BYTES, MAX_PLAINTEXT_BYTES, MAX_UNREAD_BYTES } from './limits.ts'

/** The ciphers of the two directions. */
export interface ChannelBoxes {
  readonly send: SealingBox
  readonly receive: OpeningBox
}

/**
 * Encrypts what the secured stream sends and decrypts what the raw connection receives. What was sent during one tick
 * shares messages, and one write; when the connection is full, what is sent waits in the stream, and when nobody reads
 * the stream, what arrives waits in the connection.
 */
export class SecioChannel implements StreamOwner, StreamReaderPort {
  /** The secured stream. */
  readonly stream: ByteStream
  readonly borrows = false
  private readonly raw: MessageStream
  private readonly boxes: ChannelBoxes
  private readonly inlet: Inlet
  private readonly frames = new FrameReader()
  private isDue = false
  private isFull: boolean
  private isEnding = false
  private isOver = false

  constructor(raw: MessageStream, boxes: ChannelBoxes) {
    this.raw = raw
    this.boxes = boxes
    this.stream = new ByteStream({
      ...{ owner: this, direction: raw.direction, log: raw.log, clock: clockOf(raw) },
      maxReadBufferLength: MAX_UNREAD_BYTES
    })
    this.isFull = raw.writableNeedsDrain
    raw.addEventListener('drain', this.onDrain)
    this.inlet = new Inlet(raw, this)
  }

  // ---- for the stream above ----------------------------------------------------------------------------------------

  queued(): void {
    if (this.isDue) return
    this.isDue = true
    defer(() => {
      this.isDue = false
      this.flush()
    })
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
    try {
      this.frames.push(chunk)
      for (let frame = this.frames.next(); frame !== undefined && !this.isOver; frame = this.frames.next()) {
        this.stream.receive(this.boxes.receive.open(frame))
      }
    } catch (err) {
      this.fail(toError(err))
    }
  }

  end(): void {
    if (this.frames.isMidFrame) this.fail(new SecioError('truncated', 'the remote ended in the middle of a message'))
    else this.stream.receiveEnd()
  }

  closed(error?: Error): void {
    this.release()
    if (error === undefined && this.isEnding) this.stream.finSent()
    this.stream.receiveReset(error ?? (() => new StreamResetError('the connection below was closed')))
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  private flush(): void {
    if (this.isOver) return
    try {
      while (!this.isFull && this.stream.writeBufferLength > 0) this.isFull = !sendAll(this.raw, this.seal())
      if (this.stream.isFinQueued) this.endSending()
    } catch (err) {
      this.fail(toError(err))
    }
  }

  /** As much as one write takes, encrypted. */
  private seal(): Uint8Array[] {
    const out: Uint8Array[] = []
    for (let sealed = 0; sealed < MAX_FLUSH_BYTES; ) {
      const chunks: Uint8Array[] = []
      const length = this.stream.pull(chunks, MAX_PLAINTEXT_BYTES)
      if (length === 0) break
      this.boxes.send.sealTo(out, chunks, length)
      sealed += length
    }
    return out
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
  }
}
