import type { MessageStream } from '@ts-libp2p/interface'
import { type ByteStream, type Layer, LayerChannel } from '@ts-libp2p/stream'
import type { CipherState } from './cipher-state.ts'
import { NoiseError } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import type { TransportCiphers } from './handshake-state.ts'
import { HANDOVER_TURNS, LENGTH_BYTES, MAX_FLUSH_BYTES, MAX_PLAINTEXT_BYTES, TAG_BYTES } from './limits.ts'

/**
 * The transport phase over a connection: encrypts what the secured stream sends and decrypts what the connection
 * receives. `message3` is the initiator's last of the handshake, which may leave with the first bytes from above.
 */
export function noiseChannel(raw: MessageStream, ciphers: TransportCiphers, message3?: Uint8Array): LayerChannel {
  const channel = new LayerChannel(raw, { layer: stream => new NoiseLayer(stream, ciphers, message3) })
  if (message3 !== undefined) queueMicrotask(() => channel.flushAfter(HANDOVER_TURNS))
  return channel
}

/** The length of the frame at work: copied at once. */
const prefix = new Uint8Array(LENGTH_BYTES)

/** Noise messages, as large as they may be: what was sent during one tick shares them. */
class NoiseLayer implements Layer {
  readonly borrows = true
  private readonly stream: ByteStream
  private readonly send: CipherState
  private readonly frames: FrameReader
  private unsent: Uint8Array[]

  constructor(stream: ByteStream, ciphers: TransportCiphers, message3?: Uint8Array) {
    this.stream = stream
    // Not the whole of it: it may be the handshake's result.
    const { send, receive } = ciphers
    this.send = send
    this.frames = new FrameReader(frame => stream.receive(receive.decrypt(frame)))
    this.unsent = message3 === undefined ? [] : [message3]
  }

  get hasUnsent(): boolean {
    return this.unsent.length > 0
  }

  open(chunk: Uint8Array): void {
    this.frames.push(chunk)
  }

  end(): void {
    if (this.frames.isMidFrame) throw new NoiseError('truncated', 'the remote ended in the middle of a message')
  }

  seal(): Uint8Array[] {
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
    prefix[0] = frameLength >>> 8
    prefix[1] = frameLength
    this.send.encryptTo(out, chunks, length, prefix)
  }
}
