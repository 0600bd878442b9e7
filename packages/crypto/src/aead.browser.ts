import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { NobleCipher } from './aead.noble.ts'
import type { Aead } from './aead.ts'

/** `key` is the callee's to keep. */
export function createCipher(key: Uint8Array): Aead {
  return new NobleCipher(chacha20poly1305, key)
}
