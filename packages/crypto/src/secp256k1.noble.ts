import { secp256k1 } from '@noble/curves/secp256k1.js'
import { verifyWith } from './secp256k1-verify.ts'

export function verify(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean {
  return verifyWith(secp256k1, signature, data, publicKey)
}
