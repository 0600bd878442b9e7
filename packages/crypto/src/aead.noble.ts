import type { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import type { Aead } from './aead.ts'
import { CryptoError } from './errors.ts'
import { gather } from './gather.ts'
import { AEAD_TAG_BYTES } from './limits.ts'
import { createNonce, writeNonce } from './nonce.ts'

/** Noble's cipher, which the caller loads in its platform's way. */
export type ChaCha = typeof chacha20poly1305

const NONE = new Uint8Array(0)

export class NobleCipher implements Aead {
  readonly #chacha: ChaCha
  readonly #key: Uint8Array
  readonly #nonce = createNonce()

  constructor(chacha: ChaCha, key: Uint8Array) {
    this.#chacha = chacha
    this.#key = key
  }

  seal(counter: number, plaintext: Uint8Array, ad?: Uint8Array): Uint8Array {
    writeNonce(counter, this.#nonce)
    return this.#chacha(this.#key, this.#nonce, ad).encrypt(plaintext)
  }

  sealChunks(
    counter: number,
    chunks: readonly Uint8Array[],
    length: number,
    ad: Uint8Array | undefined,
    out: Uint8Array[],
    prefix: Uint8Array = NONE
  ): void {
    // The cipher works on 32-bit words where the text is aligned, and byte by byte where it is not.
    const padding = -prefix.byteLength & 3
    const piece = new Uint8Array(padding + prefix.byteLength + length + AEAD_TAG_BYTES).subarray(padding)
    piece.set(prefix)
    gather(chunks, length, piece, prefix.byteLength)
    const sealed = piece.subarray(prefix.byteLength)
    writeNonce(counter, this.#nonce)
    this.#chacha(this.#key, this.#nonce, ad).encrypt(sealed.subarray(0, length), sealed)
    out.push(piece)
  }

  open(counter: number, ciphertext: Uint8Array, ad?: Uint8Array): Uint8Array {
    if (ciphertext.byteLength < AEAD_TAG_BYTES) {
      throw new CryptoError('decrypt-failed', `a ciphertext of ${ciphertext.byteLength} bytes has no tag`)
    }
    writeNonce(counter, this.#nonce)
    try {
      return this.#chacha(this.#key, this.#nonce, ad).decrypt(ciphertext)
    } catch (cause) {
      throw new CryptoError('decrypt-failed', `message ${counter} does not authenticate`, { cause })
    }
  }
}
