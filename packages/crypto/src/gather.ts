import { CryptoError } from './errors.ts'

/** Copies `chunks` into `target` from `offset` on. Throws a `CryptoError` unless they hold exactly `length` bytes. */
export function gather(chunks: readonly Uint8Array[], length: number, target: Uint8Array, offset: number): void {
  let at = offset
  const end = offset + length
  for (const chunk of chunks) {
    if (at + chunk.byteLength > end) throw wrongLength(length)
    target.set(chunk, at)
    at += chunk.byteLength
  }
  if (at !== end) throw wrongLength(length)
}

function wrongLength(length: number): CryptoError {
  return new CryptoError('invalid-parameters', `the chunks to seal do not hold the ${length} bytes announced`)
}
