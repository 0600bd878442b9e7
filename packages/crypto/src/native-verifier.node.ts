import { type KeyObject, verify } from 'node:crypto'
import type { Verifier } from './verifying-key.ts'

/** Verifies with OpenSSL. `key` is made when it is first needed. */
export function nativeVerifier(algorithm: 'sha256' | null, key: () => KeyObject): Verifier {
  let made: KeyObject | undefined
  return (data, signature) => {
    made ??= key()
    return verify(algorithm, data, made, signature)
  }
}
