import type { MessageStream } from '@ts-libp2p/interface'
import { type ByteStream, type Layer, LayerChannel } from '@ts-libp2p/stream'
import type { OpeningBox, SealingBox } from './box.ts'
import { SecioError } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import { MAX_FLUSH_BYTES, MAX_PLAINTEXT_BYTES, MAX_UNREAD_BYTES } from './limits.ts'

/** The ciphers of the two directions. */
export interface ChannelBoxes {
  readonly send: SealingBox
  readonly receive: OpeningBox
}

/** Encrypts what the secured stream sends and decrypts what the raw connection receives. */
export function secioChannel(raw: MessageStream, boxes: ChannelBoxes): LayerChannel {
  return new LayerChannel(raw, {
    layer: stream => new SecioLayer(stream, boxes),
    maxReadBufferLength: MAX_UNREAD_BYTES
  })
}

/** Messages with a length before them: what was sent during one tick shares them. */
class SecioLayer implements Layer {
  readonly borrows = false
  readonly hasUnsent = false
  private readonly stream: ByteStream
  private readonly boxes: ChannelBoxes
  private readonly frames = new FrameReader()

  constructor(stream: ByteStream, boxes: ChannelBoxes) {
    this.stream = stream
    this.boxes = boxes
  }

  open(chunk: Uint8Array): void {
    this.frames.push(chunk)
    for (let frame = this.frames.next(); frame !== undefined; frame = this.frames.next()) {
      this.stream.receive(this.boxes.receive.open(frame))
    }
  }

  end(): void {
    if (this.frames.isMidFrame) throw new SecioError('truncated', 'the remote ended in the middle of a message')
  }

  seal(): Uint8Array[] {
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
}
