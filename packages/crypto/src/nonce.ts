import { CryptoError } from './errors.ts'
import { AEAD_NONCE_BYTES, MAX_AEAD_COUNTER } from './limits.ts'

/** A nonce array for one AEAD instance to reuse. */
export function createNonce(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(AEAD_NONCE_BYTES)
}

/** Writes the counter as Noise does: 4 zero bytes, then 8 bytes little-endian. */
export function writeNonce(counter: number, nonce: Uint8Array): void {
  if (!(counter >= 0 && counter <= MAX_AEAD_COUNTER && Number.isInteger(counter))) throw badCounter(counter)
  const high = Math.floor(counter / 0x1_0000_0000)
  nonce[4] = counter
  nonce[5] = counter >>> 8
  nonce[6] = counter >>> 16
  nonce[7] = counter >>> 24
  nonce[8] = high
  nonce[9] = high >>> 8
  nonce[10] = high >>> 16
  nonce[11] = high >>> 24
}

function badCounter(counter: number): CryptoError {
  return counter > MAX_AEAD_COUNTER
    ? new CryptoError('nonce-exhausted', `AEAD counter ${counter} is past ${MAX_AEAD_COUNTER}: rekey`)
    : new CryptoError('invalid-parameters', `AEAD counter ${counter} is not an unsigned integer`)
}
