import { concat } from './concat.ts'
import { EMPTY_BYTES } from './empty.ts'
import { BytesError } from './errors.ts'

/** Bytes in which small chunks are gathered. */
const SLAB_BYTES = 4096

/**
 * A queue of byte chunks: pushed at the back, taken from the front, without copying where a chunk can be handed on
 * whole or as a view. Holds references to what is pushed.
 */
export class Rope {
  private chunks: Uint8Array[] = []
  private head = 0
  private length = 0
  private slab: Uint8Array = EMPTY_BYTES
  private slabUsed = 0

  /** Bytes held. */
  get byteLength(): number {
    return this.length
  }

  /** Chunks held. */
  get chunkCount(): number {
    return this.chunks.length - this.head
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.chunks.push(chunk)
    this.length += chunk.byteLength
  }

  /** Adds a small chunk by copying it: chunks that follow one another so lie together and are taken as one. */
  pushCopy(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    if (this.slab.byteLength - this.slabUsed < chunk.byteLength) {
      this.slab = new Uint8Array(Math.max(SLAB_BYTES, chunk.byteLength))
      this.slabUsed = 0
    }
    const start = this.slabUsed
    this.slabUsed += chunk.byteLength
    this.slab.set(chunk, start)
    const last = this.chunks.at(-1)
    const isBehindLast = last?.buffer === this.slab.buffer && last.byteOffset + last.byteLength === start
    if (isBehindLast) this.chunks[this.chunks.length - 1] = this.slab.subarray(last.byteOffset, this.slabUsed)
    else this.chunks.push(this.slab.subarray(start, this.slabUsed))
    this.length += chunk.byteLength
  }

  unshift(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    if (this.head > 0) this.chunks[--this.head] = chunk
    else this.chunks.unshift(chunk)
    this.length += chunk.byteLength
  }

  /** The first chunk as it was pushed, or undefined when empty. */
  shift(): Uint8Array | undefined {
    const chunk = this.chunks[this.head]
    if (chunk === undefined) return undefined
    this.drop()
    this.length -= chunk.byteLength
    return chunk
  }

  /** Moves up to `limit` bytes from the front to the end of `target`, as views. Returns how many. */
  moveTo(target: Uint8Array[], limit: number): number {
    let left = Math.min(limit, this.length)
    const moved = left
    while (left > 0) {
      const chunk = this.chunks[this.head] as Uint8Array
      if (chunk.byteLength <= left) {
        target.push(chunk)
        left -= chunk.byteLength
        this.drop()
      } else {
        target.push(chunk.subarray(0, left))
        this.chunks[this.head] = chunk.subarray(left)
        left = 0
      }
    }
    this.length -= moved
    return moved
  }

  /** Exactly `length` bytes from the front: a view where they lie in one chunk, else a copy. */
  take(length: number): Uint8Array {
    if (length > this.length) {
      throw new BytesError('truncated', `input ends early: ${length} bytes wanted, ${this.length} left`)
    }
    const parts: Uint8Array[] = []
    this.moveTo(parts, length)
    if (parts.length === 1) return parts[0] as Uint8Array
    return concat(parts)
  }

  /** Everything, in one array. */
  takeAll(): Uint8Array {
    return this.take(this.length)
  }

  /** Up to `length` bytes from the front, left in place: a view where they lie in one chunk, else a copy. */
  peek(length: number): Uint8Array {
    const wanted = Math.min(length, this.length)
    const first = this.chunks[this.head] ?? EMPTY_BYTES
    if (first.byteLength >= wanted) return first.subarray(0, wanted)
    const out = new Uint8Array(wanted)
    let at = 0
    for (let i = this.head; at < wanted; i++) {
      const part = (this.chunks[i] as Uint8Array).subarray(0, wanted - at)
      out.set(part, at)
      at += part.byteLength
    }
    return out
  }

  clear(): void {
    this.chunks = []
    this.head = 0
    this.length = 0
  }

  // Shifting an array moves every element; a head index makes it cheap, and the array is cut now and then.
  private drop(): void {
    this.chunks[this.head] = EMPTY_BYTES
    this.head++
    if (this.head === this.chunks.length) {
      this.chunks.length = 0
      this.head = 0
    } else if (this.head >= 64 && this.head * 2 >= this.chunks.length) {
      this.chunks.splice(0, this.head)
      this.head = 0
    }
  }
}
