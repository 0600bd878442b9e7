import { MAX_VARINT_BYTES } from '@ts-libp2p/bytes'
import { MplexError } from './errors.ts'

/** Reads varints byte by byte, across chunks, without allocating. */
export class VarintReader {
  /** The last complete varint. */
  value = 0
  private sum = 0
  private scale = 1
  private bytes = 0

  /** True when the varint is complete. Throws a `MplexError` (`bad-varint`). */
  push(byte: number): boolean {
    this.sum += (byte & 0x7f) * this.scale
    this.scale *= 0x80
    this.bytes++
    if (byte >= 0x80) {
      if (this.bytes >= MAX_VARINT_BYTES)
        throw new MplexError('bad-varint', `a varint of over ${MAX_VARINT_BYTES} bytes`)
      return false
    }
    if (byte === 0 && this.bytes > 1) throw new MplexError('bad-varint', 'a varint is longer than it need be')
    if (this.sum > Number.MAX_SAFE_INTEGER) throw new MplexError('bad-varint', 'a varint is over 2^53 - 1')
    this.value = this.sum
    this.sum = 0
    this.scale = 1
    this.bytes = 0
    return true
  }
}
