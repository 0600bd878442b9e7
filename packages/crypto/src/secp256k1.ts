import type { Secp256k1PublicKey } from '@ts-libp2p/interface'
import { verifier } from '#secp256k1'
import { CryptoError } from './errors.ts'
import { VerifyingKey } from './verifying-key.ts'

const PUBLIC_BYTES = 33

/** `raw` is a compressed point, the callee's to keep. */
export function secp256k1PublicKey(raw: Uint8Array): Secp256k1PublicKey {
  if (raw.byteLength !== PUBLIC_BYTES) {
    throw new CryptoError('invalid-key', `a secp256k1 public key has ${PUBLIC_BYTES} bytes, not ${raw.byteLength}`)
  }
  return new VerifyingKey<'secp256k1', 0x0>('secp256k1', raw, verifier(raw))
}
