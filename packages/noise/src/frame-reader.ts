import { LENGTH_BYTES } from './limits.ts'

/**
 * Cuts a flow of bytes, in chunks of any size, into messages with a 2-byte length before them. Messages are views of
 * the chunk that they arrive in; only what a chunk leaves unfinished is copied, and kept until the rest arrives.
 */
export class FrameReader {
  private readonly onFrame: (frame: Uint8Array) => void
  private partial = EMPTY
  private held = 0

  /** `onFrame` gets each message, valid until it returns. */
  constructor(onFrame: (frame: Uint8Array) => void) {
    this.onFrame = onFrame
  }

  /** True when a message has begun to arrive and is not whole. */
  get isMidFrame(): boolean {
    return this.held > 0
  }

  /** The chunk is not kept. Throws what `onFrame` throws, after which nothing more can be read. */
  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    let at = this.held > 0 ? this.complete(chunk) : 0
    while (chunk.byteLength - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + lengthAt(chunk, at)
      if (end > chunk.byteLength) break
      this.onFrame(chunk.subarray(at + LENGTH_BYTES, end))
      at = end
    }
    if (at < chunk.byteLength) this.keep(chunk.subarray(at))
    else if (this.held === 0) this.partial = EMPTY
  }

  /** Goes on with the message that is held. Returns how far it used the chunk. */
  private complete(chunk: Uint8Array): number {
    let at = 0
    if (this.held < LENGTH_BYTES) at = this.hold(chunk, at, LENGTH_BYTES)
    const whole = this.partialLength()
    this.reserve(whole)
    at = this.hold(chunk, at, whole)
    if (this.held < whole) return at
    this.held = 0
    this.onFrame(this.partial.subarray(LENGTH_BYTES, whole))
    return at
  }

  private keep(rest: Uint8Array): void {
    this.reserve(rest.byteLength < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + lengthAt(rest, 0))
    this.hold(rest, 0, rest.byteLength)
  }

  /** Moves bytes behind those held, until `until` of them are. Returns the offset behind what it moved. */
  private hold(chunk: Uint8Array, from: number, until: number): number {
    const end = Math.min(from + until - this.held, chunk.byteLength)
    this.partial.set(chunk.subarray(from, end), this.held)
    this.held += end - from
    return end
  }

  private partialLength(): number {
    return LENGTH_BYTES + lengthAt(this.partial, 0)
  }

  /** Room for `length` bytes. What is there is used again as long as bytes keep flowing, and given up at rest. */
  private reserve(length: number): void {
    if (this.partial.byteLength >= length) return
    const larger = new Uint8Array(length)
    larger.set(this.partial.subarray(0, this.held))
    this.partial = larger
  }
}

const EMPTY = new Uint8Array(0)

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}
