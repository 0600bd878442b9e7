import { createCipher } from '#aead'
import { CryptoError } from './errors.ts'
import { AEAD_KEY_BYTES } from './limits.ts'

/**
 * ChaCha20-Poly1305 (RFC 8439) under one key, with the nonces of Noise: 4 zero bytes, then the counter as 8 bytes,
 * little-endian. The caller must never seal twice with one counter.
 *
 * Arrays that come back are the caller's own: nothing here keeps them or writes to them later.
 */
export interface Aead {
  /** Ciphertext, then the 16-byte tag, in one new array. */
  seal(counter: number, plaintext: Uint8Array, ad?: Uint8Array): Uint8Array

  /**
   * The plaintext of `ciphertext` (which ends with the tag), in a new array.
   * Throws a `CryptoError` (`decrypt-failed`) unless key, counter, associated data and every bit are what was sealed.
   */
  open(counter: number, ciphertext: Uint8Array, ad?: Uint8Array): Uint8Array

  /**
   * The hot path: seals the `length` bytes of `chunks` as one message and appends `prefix`, ciphertext and tag to
   * `out`, in as many pieces as is cheapest: one for small messages, more where joining would copy a large ciphertext.
   * `prefix` (the frame's length, say) is copied as it is and is not authenticated; one array may serve for all calls.
   * Pieces are for being sent once: a transport may free the large ones when they were written (`markSingleUse`).
   */
  sealChunks(
    counter: number,
    chunks: readonly Uint8Array[],
    length: number,
    ad: Uint8Array | undefined,
    out: Uint8Array[],
    prefix?: Uint8Array
  ): void
}

/** Throws a `CryptoError` (`invalid-parameters`) unless `key` has 32 bytes. The key is copied. */
export function createAead(key: Uint8Array): Aead {
  if (key.byteLength !== AEAD_KEY_BYTES) {
    throw new CryptoError('invalid-parameters', `an AEAD key has ${AEAD_KEY_BYTES} bytes, not ${key.byteLength}`)
  }
  return createCipher(new Uint8Array(key))
}
