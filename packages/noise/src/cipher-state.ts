import { type Aead, createAead } from '@ts-libp2p/crypto'
import { NoiseError } from './errors.ts'
import { MAX_NONCE, TAG_BYTES } from './limits.ts'

/** A key and its counter: Noise, section 5.1. No counter is used twice. */
export class CipherState {
  private readonly aead: Aead
  private nonce: number

  constructor(key: Uint8Array, nonce = 0) {
    this.aead = createAead(key)
    this.nonce = nonce
  }

  /** Ciphertext and tag. Throws a `NoiseError` (`nonce-exhausted`) at the end of the counter. */
  encrypt(plaintext: Uint8Array, ad?: Uint8Array): Uint8Array {
    return this.aead.seal(this.nextNonce(), plaintext, ad)
  }

  /** Encrypts `length` bytes as one message, without joining them first, and appends it to `out` behind `prefix`. */
  encryptTo(out: Uint8Array[], chunks: readonly Uint8Array[], length: number, prefix: Uint8Array): void {
    this.aead.sealChunks(this.nextNonce(), chunks, length, undefined, out, prefix)
  }

  /** The plaintext, in an array of its own. Throws a `NoiseError`, after which the cipher is of no more use. */
  decrypt(ciphertext: Uint8Array, ad?: Uint8Array): Uint8Array {
    if (ciphertext.byteLength < TAG_BYTES) {
      throw new NoiseError('malformed-message', `the remote sent ${ciphertext.byteLength} bytes where a tag has 16`)
    }
    const nonce = this.nextNonce()
    try {
      return this.aead.open(nonce, ciphertext, ad)
    } catch (cause) {
      throw new NoiseError('decryption-failed', `message ${nonce} was changed, repeated or lost on its way`, { cause })
    }
  }

  private nextNonce(): number {
    if (this.nonce >= MAX_NONCE) throw new NoiseError('nonce-exhausted', 'the key has encrypted all that it may')
    return this.nonce++
  }
}
