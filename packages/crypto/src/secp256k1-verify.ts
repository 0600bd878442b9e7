type Secp256k1 = typeof import('@noble/curves/secp256k1.js').secp256k1

/** Accepts either `s`, as go-libp2p does: rust-libp2p before 0.3 and others may produce the higher one. */
export function verifyWith(curve: Secp256k1, signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return curve.verify(signature, data, publicKey, { format: 'der', lowS: false, prehash: true })
  } catch {
    // A signature that is not DER.
    return false
  }
}
