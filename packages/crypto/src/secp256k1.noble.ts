import { secp256k1 } from '@noble/curves/secp256k1.js'

/** Accepts either `s`, as go-libp2p does: rust-libp2p before 0.3 and others may produce the higher one. */
export function verify(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean {
  return secp256k1.verify(signature, data, publicKey, { format: 'der', lowS: false, prehash: true })
}
