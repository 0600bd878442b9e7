import { newInstance } from '@chainsafe/as-chacha20poly1305'
import { CryptoError } from './errors.ts'
import { gather } from './gather.ts'
import { AEAD_KEY_BYTES, AEAD_NONCE_BYTES, AEAD_TAG_BYTES } from './limits.ts'
import { writeNonce } from './nonce.ts'

// One instance serves the process: each call sets the key and nonce, and leaves nothing that the next one reads.
const wasm = newInstance()
const view = (at: { value: number }, length: number): Uint8Array => new Uint8Array(wasm.memory.buffer, at.value, length)
const keySlot = view(wasm.cpKey, AEAD_KEY_BYTES)
const nonceSlot = view(wasm.cpNonce, AEAD_NONCE_BYTES)
const adSlot = view(wasm.cpAssociatedData, 32)
const input = view(wasm.cpInput, wasm.CHACHA20_INPUT_LENGTH)
const output = view(wasm.chacha20Output, wasm.CHACHA20_INPUT_LENGTH)
const tagSlot = view(wasm.poly1305Output, AEAD_TAG_BYTES)

/** Writes ciphertext and tag to `target` at `offset`; the caller made room and keeps to the module's sizes. */
export function wasmSeal(
  key: Uint8Array,
  counter: number,
  chunks: readonly Uint8Array[],
  length: number,
  ad: Uint8Array,
  target: Uint8Array,
  offset: number
): void {
  gather(chunks, length, input, 0)
  begin(key, counter, ad)
  wasm.sealUpdate(true, true, length, length, ad.byteLength)
  target.set(output.subarray(0, length), offset)
  target.set(tagSlot, offset + length)
}

export function wasmOpen(key: Uint8Array, counter: number, ciphertext: Uint8Array, ad: Uint8Array): Uint8Array {
  const length = ciphertext.byteLength - AEAD_TAG_BYTES
  input.set(ciphertext.subarray(0, length))
  begin(key, counter, ad)
  wasm.openUpdate(true, true, length, length, ad.byteLength)
  if (!isTag(ciphertext, length)) {
    throw new CryptoError('decrypt-failed', `message ${counter} does not authenticate`)
  }
  return output.slice(0, length)
}

function begin(key: Uint8Array, counter: number, ad: Uint8Array): void {
  writeNonce(counter, nonceSlot)
  keySlot.set(key)
  adSlot.set(ad)
}

// Looks at every byte whatever it finds, so that time tells nothing about the right tag.
function isTag(ciphertext: Uint8Array, at: number): boolean {
  let difference = 0
  for (let i = 0; i < AEAD_TAG_BYTES; i++) difference |= (ciphertext[at + i] as number) ^ (tagSlot[i] as number)
  return difference === 0
}
