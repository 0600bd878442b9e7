import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Secp256k1PrivateKey, Secp256k1PublicKey } from '@ts-libp2p/interface'
import { verifier } from '#secp256k1'
import { CryptoError } from './errors.ts'
import { SigningKey } from './signing-key.ts'
import { VerifyingKey } from './verifying-key.ts'

const PUBLIC_BYTES = 33
const PRIVATE_BYTES = 32

/** Signatures are ECDSA over SHA-256, in DER, with the lower of both possible `s`, which rust-libp2p insists on. */
const SIGNATURE = { format: 'der', lowS: true, prehash: true } as const

/** `raw` is a compressed point, the callee's to keep. */
export function secp256k1PublicKey(raw: Uint8Array): Secp256k1PublicKey {
  if (raw.byteLength !== PUBLIC_BYTES) {
    throw new CryptoError('invalid-key', `a secp256k1 public key has ${PUBLIC_BYTES} bytes, not ${raw.byteLength}`)
  }
  return new VerifyingKey<'secp256k1', 0x0>('secp256k1', raw, verifier(raw))
}

/** `raw` is a scalar of 32 bytes, the callee's to keep. */
export function secp256k1PrivateKey(raw: Uint8Array): Secp256k1PrivateKey {
  if (raw.byteLength !== PRIVATE_BYTES || !secp256k1.utils.isValidSecretKey(raw)) {
    throw new CryptoError('invalid-key', 'a secp256k1 private key is 32 bytes, neither zero nor beyond the group order')
  }
  const publicKey = secp256k1PublicKey(secp256k1.getPublicKey(raw, true))
  return new SigningKey<'secp256k1', Secp256k1PublicKey>(publicKey, raw, data => secp256k1.sign(data, raw, SIGNATURE))
}

export function generateSecp256k1(): Secp256k1PrivateKey {
  return secp256k1PrivateKey(secp256k1.utils.randomSecretKey())
}
