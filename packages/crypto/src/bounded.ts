import { CryptoError } from './errors.ts'
import { MAX_KEY_BYTES } from './limits.ts'

/** A copy. Throws a `CryptoError` (`invalid-key`) for what is longer than any key. */
export function bounded(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > MAX_KEY_BYTES) throw new CryptoError('invalid-key', `a key of ${bytes.byteLength} bytes`)
  return new Uint8Array(bytes)
}
