import { secp256k1 } from '@noble/curves/secp256k1.js'
import { CryptoError } from './errors.ts'
import type { Verifier } from './verifying-key.ts'

/** Accepts either `s`, as go-libp2p does: rust-libp2p before 0.3 and others may produce the higher one. */
const SIGNATURE = { format: 'der', lowS: false, prehash: true } as const

/** `raw` has 33 bytes. */
export function verifier(raw: Uint8Array): Verifier {
  try {
    secp256k1.Point.fromBytes(raw)
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 public key is no point of the curve', { cause })
  }
  return (data, signature) => {
    try {
      return secp256k1.verify(signature, data, raw, SIGNATURE)
    } catch {
      // A signature that is not DER.
      return false
    }
  }
}
