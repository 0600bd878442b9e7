import { x25519 } from '@noble/curves/ed25519.js'
import { CryptoError } from './errors.ts'

/** One end of a Diffie-Hellman agreement. */
export interface Agreement {
  readonly publicKey: Uint8Array
  sharedSecret(remotePublicKey: Uint8Array): Uint8Array
}

export function generateAgreement(): Agreement {
  return agreement(x25519.utils.randomSecretKey())
}

/** `raw` has 32 bytes. */
export function agreement(raw: Uint8Array): Agreement {
  return { publicKey: x25519.getPublicKey(raw), sharedSecret: remotePublicKey => agree(raw, remotePublicKey) }
}

function agree(raw: Uint8Array, remotePublicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(raw, remotePublicKey)
  } catch (cause) {
    // noble refuses to return a secret of zeros.
    throw new CryptoError('bad-shared-secret', 'the remote X25519 key has small order', { cause })
  }
}
