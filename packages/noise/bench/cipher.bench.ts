import { bench, describe } from 'vitest'
import { CipherState } from '../src/cipher-state.ts'

const KEY = new Uint8Array(32).fill(7)
const LENGTH = new Uint8Array(2)

describe.each([32, 256, 1024, 4096, 16_384, 65_519])('transport message of %i bytes', length => {
  const sealer = new CipherState(KEY)
  const plaintext = new Uint8Array(length)
  bench('seal', () => sealer.encryptTo([], [plaintext], length, LENGTH))

  // Every message is the first of a cipher: opening one twice is what a cipher state does not do.
  const sealed = new CipherState(KEY).encrypt(plaintext)
  bench('open, with a cipher of its own', () => void new CipherState(KEY).decrypt(sealed))
})
