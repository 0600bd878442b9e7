import type { Secp256k1PrivateKey, Secp256k1PublicKey } from '@ts-libp2p/interface'
import { publicPoint, randomScalar, signer } from '#secp256k1-secret'
import { CryptoError } from './errors.ts'
import { secp256k1PublicKey } from './secp256k1.ts'
import { SigningKey } from './signing-key.ts'

const PRIVATE_BYTES = 32

/** `raw` is a scalar of 32 bytes, the callee's to keep. */
export function secp256k1PrivateKey(raw: Uint8Array): Secp256k1PrivateKey {
  if (raw.byteLength !== PRIVATE_BYTES) {
    throw new CryptoError('invalid-key', `a secp256k1 private key has ${PRIVATE_BYTES} bytes, not ${raw.byteLength}`)
  }
  const publicKey = secp256k1PublicKey(publicPoint(raw))
  return new SigningKey<'secp256k1', Secp256k1PublicKey>(publicKey, raw, signer(raw))
}

export function generateSecp256k1(): Secp256k1PrivateKey {
  return secp256k1PrivateKey(randomScalar())
}
