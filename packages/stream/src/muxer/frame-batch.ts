import type { ByteStream } from '../byte-stream.ts'
import { FIRST_SLAB_BYTES, HEADER_SLAB_BYTES } from './limits.ts'

const EMPTY = new Uint8Array(0)

/**
 * Frames on their way to one write. Headers go into a shared array, one after the other, and become one buffer as long
 * as no body comes between; bodies are the views that the streams queued.
 */
export class FrameBatch {
  /** Where reserved bytes lie. Replaced when full: look at it after `reserve`. */
  slab: Uint8Array = EMPTY
  /** Bytes gathered. */
  byteLength = 0

  private buffers: Uint8Array[] = []
  private runStart = 0
  private runEnd = 0

  /** Room for a header of up to `FIRST_SLAB_BYTES`; returns its offset in `slab`. All of it must be written. */
  reserve(bytes: number): number {
    if (this.runEnd + bytes > this.slab.byteLength) this.renewSlab()
    const at = this.runEnd
    this.runEnd += bytes
    this.byteLength += bytes
    return at
  }

  /** Moves up to `limit` queued bytes of the stream behind the headers so far. */
  pull(stream: ByteStream, limit: number): void {
    this.endRun()
    this.byteLength += stream.pull(this.buffers, limit)
  }

  /** Everything gathered, in order; the batch is empty afterwards. */
  take(): Uint8Array[] {
    this.endRun()
    const buffers = this.buffers
    this.buffers = []
    this.byteLength = 0
    return buffers
  }

  private endRun(): void {
    if (this.runEnd === this.runStart) return
    this.buffers.push(this.slab.subarray(this.runStart, this.runEnd))
    this.runStart = this.runEnd
  }

  private renewSlab(): void {
    this.endRun()
    this.slab = new Uint8Array(Math.min(HEADER_SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, 2 * this.slab.byteLength)))
    this.runStart = 0
    this.runEnd = 0
  }
}
