import { type KeyObject, verify } from 'node:crypto'
import type { Verifier } from './verifying-key.ts'

/** Verifies with OpenSSL: at once, or on another thread. `key` is made when it is first needed. */
export function nativeVerifier(algorithm: 'sha256' | null, key: () => KeyObject): Verifier {
  let made: KeyObject | undefined
  const keyObject = (): KeyObject => {
    made ??= key()
    return made
  }
  const verifier: Verifier = (data, signature) => verify(algorithm, data, keyObject(), signature)
  verifier.inBackground = (data, signature) =>
    new Promise(resolve => {
      verify(algorithm, data, keyObject(), signature, (err, isValid) => resolve(err == null && isValid))
    })
  return verifier
}
