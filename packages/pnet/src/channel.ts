import { fromUtf8 } from '@ts-libp2p/bytes'
import { type MessageStream, type Random, StreamResetError } from '@ts-libp2p/interface'
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
import { PnetError } from './errors.ts'
import { Keystream } from './keystream.ts'
import { MAX_SEAL_BYTES, NONCE_BYTES } from './limits.ts'

/** The first bytes of both ends of every libp2p connection. */
export const MULTISTREAM_START: Uint8Array = fromUtf8('\x13/multistream/1.0.0\n')

export interface PnetChannelInit {
  psk: Uint8Array
  random: Random
  /** What the remote's plaintext must begin with. Empty checks nothing. */
  remoteStart: Uint8Array
}

/**
 * Encrypts what the protected stream sends and decrypts what the raw connection receives. The first 24 bytes of each
 * direction are its nonce; ours leaves with the first bytes from above.
 *
 * When the connection is full, what is sent waits in the stream, and when nobody reads the stream, what arrives waits
 * in the connection.
 */
export class PnetChannel implements StreamOwner, StreamReaderPort {
  /** The protected stream. */
  readonly stream: ByteStream
  readonly borrows = true
  private readonly raw: MessageStream
  private readonly inlet: Inlet
  private readonly psk: Uint8Array
  private readonly outgoing: Keystream
  private incoming: Keystream | undefined
  private readonly remoteNonce = new Uint8Array(NONCE_BYTES)
  private nonceBytes = 0
  /** What the remote still has to begin with. */
  private awaited: Uint8Array
  private unsent: Uint8Array[]
  private isDue = false
  private isFull: boolean
  private isEnding = false
  private isOver = false

  constructor(raw: MessageStream, { psk, random, remoteStart }: PnetChannelInit) {
    this.raw = raw
    this.psk = psk
    this.awaited = remoteStart
    const nonce = random.bytes(NONCE_BYTES)
    this.outgoing = new Keystream(psk, nonce)
    this.unsent = [nonce]
    this.stream = new ByteStream({ owner: this, direction: raw.direction, log: raw.log, clock: clockOf(raw) })
    this.isFull = raw.writableNeedsDrain
    raw.addEventListener('drain', this.onDrain)
    this.inlet = new Inlet(raw, this)
    // By then whoever awaits the stream has had the chance to send along with the nonce.
    queueMicrotask(() => this.queued())
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
    if (this.isOver) return
    try {
      const rest = this.takeNonce(chunk)
      if (rest.byteLength > 0) this.decrypt(rest)
    } catch (err) {
      this.fail(toError(err))
    }
  }

  end(): void {
    if (this.incoming === undefined) this.fail(new PnetError('truncated', 'the remote ended before its nonce did'))
    else this.stream.receiveEnd()
  }

  closed(error?: Error): void {
    this.release()
    if (error === undefined && this.isEnding) this.stream.finSent()
    this.stream.receiveReset(error ?? (() => new StreamResetError('the connection below was closed')))
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  /** Gathers the remote's nonce. Returns what of the chunk comes after it. */
  private takeNonce(chunk: Uint8Array): Uint8Array {
    if (this.incoming !== undefined) return chunk
    const part = chunk.subarray(0, NONCE_BYTES - this.nonceBytes)
    this.remoteNonce.set(part, this.nonceBytes)
    this.nonceBytes += part.byteLength
    if (this.nonceBytes === NONCE_BYTES) this.incoming = new Keystream(this.psk, this.remoteNonce)
    return chunk.subarray(part.byteLength)
  }

  private decrypt(ciphertext: Uint8Array): void {
    const plaintext = (this.incoming as Keystream).apply([ciphertext], ciphertext.byteLength)
    if (this.awaited.byteLength > 0) this.checkStart(plaintext)
    this.stream.receive(plaintext)
  }

  private checkStart(plaintext: Uint8Array): void {
    const length = Math.min(plaintext.byteLength, this.awaited.byteLength)
    for (let i = 0; i < length; i++) if (plaintext[i] !== this.awaited[i]) throw wrongKey()
    this.awaited = this.awaited.subarray(length)
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

  /** What leaves as one: the nonce if it has not left, and the next bytes of the stream. */
  private seal(): Uint8Array[] {
    const out = this.unsent
    this.unsent = []
    const chunks: Uint8Array[] = []
    const length = this.stream.pull(chunks, MAX_SEAL_BYTES)
    if (length > 0) out.push(this.outgoing.apply(chunks, length))
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

function wrongKey(): PnetError {
  return new PnetError('wrong-key', 'the remote has another pre-shared key, or none: what it sent is noise under ours')
}
