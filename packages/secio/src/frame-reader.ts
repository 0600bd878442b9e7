import { Rope } from '@ts-libp2p/bytes'
import { lengthIn } from './dialogue.ts'
import { SecioError } from './errors.ts'
import { LENGTH_BYTES, MAX_FRAME_BYTES } from './limits.ts'

/** Cuts a flow of bytes, in chunks of any size, into messages with a 4-byte length before them. */
export class FrameReader {
  private readonly pending = new Rope()
  private wanted: number | undefined

  /** True when a message has begun to arrive and is not whole. */
  get isMidFrame(): boolean {
    return this.wanted !== undefined || this.pending.byteLength > 0
  }

  /** The chunk is kept. */
  push(chunk: Uint8Array): void {
    this.pending.push(chunk)
  }

  /** The next whole message, or undefined until it is there. Throws a `SecioError` (`frame-too-large`), and is then done. */
  next(): Uint8Array | undefined {
    this.wanted ??= this.length()
    if (this.wanted === undefined || this.pending.byteLength < this.wanted) return undefined
    const frame = this.pending.take(this.wanted)
    this.wanted = undefined
    return frame
  }

  private length(): number | undefined {
    if (this.pending.byteLength < LENGTH_BYTES) return undefined
    const length = lengthIn(this.pending.take(LENGTH_BYTES))
    if (length <= MAX_FRAME_BYTES) return length
    throw new SecioError('frame-too-large', `the remote sends ${length} bytes as one, ${MAX_FRAME_BYTES} are allowed`)
  }
}
