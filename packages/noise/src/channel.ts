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
import { NoiseError } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import type { TransportCiphers } from './handshake-state.ts'
import { HANDOVER_TURNS, LENGTH_BYTES, MAX_FLUSH_BYTES, MAX_PLAINTEXT_BYTES, TAG_BYTES } from './limits.ts'

/**
 * The transport phase: encrypts what the secured stream sends and decrypts what the raw connection receives.
 *
 * It owns the stream above and reads the connection below. What was sent during one tick shares messages, and one
 * write; when the connection is full, what is sent waits in the stream, and when nobody reads the stream, what arrives
 * waits in the connection.
 */
export class NoiseChannel implements StreamOwner, StreamReaderPort {
  /** The secured stream. */
  readonly stream: ByteStream
  readonly borrows = true
  private readonly raw: MessageStream
  private readonly ciphers: TransportCiphers
  private readonly inlet: Inlet
  private readonly frames = new FrameReader(frame => this.open(frame))
  private readonly length = new Uint8Array(LENGTH_BYTES)
  private unsent: Uint8Array[]
  private isDue = false
  private isFull: boolean
  private isEnding = false
  private isOver = false

  /** `message3` is the initiator's last of the handshake, which may leave with the first bytes from above. */
  constructor(raw: MessageStream, ciphers: TransportCiphers, message3?: Uint8Array) {
    this.raw = raw
    this.ciphers = ciphers
    this.stream = new ByteStream({ owner: this, direction: raw.direction, log: raw.log, clock: clockOf(raw) })
    this.isFull = raw.writableNeedsDrain
    this.unsent = message3 === undefined ? [] : [message3]
    raw.addEventListener('drain', this.onDrain)
    this.inlet = new Inlet(raw, this)
    if (message3 !== undefined) queueMicrotask(() => this.flushAfter(HANDOVER_TURNS))
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
    } catch (err) {
      this.fail(toError(err))
    }
  }

  end(): void {
    if (this.frames.isMidFrame) this.fail(new NoiseError('truncated', 'the remote ended in the middle of a message'))
    else this.stream.receiveEnd()
  }

  closed(error?: Error): void {
    this.release()
    if (error === undefined && this.isEnding) this.stream.finSent()
    this.stream.receiveReset(error ?? (() => new StreamResetError('the connection below was closed')))
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  private open(frame: Uint8Array): void {
    if (this.isOver) return
    const plaintext = this.ciphers.receive.decrypt(frame)
    this.stream.receive(plaintext)
  }

  private flush(): void {
    if (this.isOver) return
    try {
      while (!this.isFull && this.hasUnsent) this.isFull = !sendAll(this.raw, this.seal())
      if (this.stream.isFinQueued && !this.hasUnsent) this.endSending()
    } catch (err) {
      this.fail(toError(err))
    }
  }

  private get hasUnsent(): boolean {
    return this.unsent.length > 0 || this.stream.writeBufferLength > 0
  }

  /** As much as one write takes, encrypted. */
  private seal(): Uint8Array[] {
    const out = this.unsent
    this.unsent = []
    for (let sealed = 0; sealed < MAX_FLUSH_BYTES; ) {
      const chunks: Uint8Array[] = []
      const length = this.stream.pull(chunks, MAX_PLAINTEXT_BYTES)
      if (length === 0) break
      this.sealFrame(out, chunks, length)
      sealed += length
    }
    return out
  }

  private sealFrame(out: Uint8Array[], chunks: Uint8Array[], length: number): void {
    const frameLength = length + TAG_BYTES
    this.length[0] = frameLength >>> 8
    this.length[1] = frameLength
    this.ciphers.send.encryptTo(out, chunks, length, this.length)
  }

  private endSending(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.raw.close().then(
      () => this.isOver || this.stream.finSent(),
      err => this.fail(toError(err))
    )
  }

  private flushAfter(turns: number): void {
    defer(() => (turns > 0 ? this.flushAfter(turns - 1) : this.flush()))
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
