import { xsalsa20 } from '@noble/ciphers/salsa.js'
import { PnetError } from './errors.ts'
import { BLOCK_BYTES, MAX_KEYSTREAM_BYTES } from './limits.ts'

/** One direction's XSalsa20 keystream, and how far it is used. Encrypting and decrypting are the same. */
export class Keystream {
  private readonly key: Uint8Array
  private readonly nonce: Uint8Array
  private position: number

  /** Both are copied. `position` is the bytes used already. */
  constructor(key: Uint8Array, nonce: Uint8Array, position = 0) {
    this.key = new Uint8Array(key)
    this.nonce = new Uint8Array(nonce)
    this.position = position
  }

  /**
   * The `length` bytes of `chunks` with the next of the keystream over them, in one new array. The chunks are left as
   * they are. Throws a `PnetError` (`keystream-exhausted`) at the end of the keystream.
   */
  apply(chunks: readonly Uint8Array[], length: number): Uint8Array {
    if (this.position + length > MAX_KEYSTREAM_BYTES) {
      throw new PnetError('keystream-exhausted', 'the connection has carried the 256 GiB that one nonce may encrypt')
    }
    // The library starts on whole blocks: what was used of the first one falls on padding, which is not handed out.
    const padding = this.position % BLOCK_BYTES
    const work = new Uint8Array(padding + length)
    let at = padding
    for (const chunk of chunks) {
      work.set(chunk, at)
      at += chunk.byteLength
    }
    xsalsa20(this.key, this.nonce, work, work, (this.position - padding) / BLOCK_BYTES)
    this.position += length
    return work.subarray(padding)
  }
}
