import { secp256k1 } from '@noble/curves/secp256k1.js'
import { CryptoError } from './errors.ts'
import type { Signer } from './signing-key.ts'

/** Signs in DER with the lower of both possible `s`, which rust-libp2p insists on. */
export function signer(scalar: Uint8Array): Signer {
  return data => secp256k1.sign(data, scalar, { format: 'der', lowS: true, prehash: true })
}

/** The compressed public point of a private scalar. Throws a `CryptoError` when it is zero or beyond the group order. */
export function publicPoint(scalar: Uint8Array): Uint8Array {
  try {
    return secp256k1.getPublicKey(scalar, true)
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 scalar is zero or beyond the group order', { cause })
  }
}

export function randomScalar(): Uint8Array {
  return secp256k1.utils.randomSecretKey()
}
