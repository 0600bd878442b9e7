import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { concat, fromHex } from '@ts-libp2p/bytes'
import { base64Url, fromBase64Url } from './base64-url.node.ts'
import { CryptoError } from './errors.ts'

/** One end of a Diffie-Hellman agreement. */
export interface Agreement {
  readonly publicKey: Uint8Array
  sharedSecret(remotePublicKey: Uint8Array): Uint8Array
}

/** PKCS#8 (RFC 8410) up to the 32 bytes of the key. */
const PRIVATE_PREFIX = fromHex('302e 0201 00 3005 0603 2b656e 0422 0420')

export function generateAgreement(): Agreement {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return toAgreement(privateKey, publicKey)
}

/** `raw` has 32 bytes. */
export function agreement(raw: Uint8Array): Agreement {
  const der = Buffer.from(concat([PRIVATE_PREFIX, raw]))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return toAgreement(key, createPublicKey(key))
}

// As a JWK: exporting SPKI doubles the time that making a key takes.
function toAgreement(privateKey: KeyObject, publicKey: KeyObject): Agreement {
  return {
    publicKey: fromBase64Url(publicKey.export({ format: 'jwk' }).x as string),
    sharedSecret: remotePublicKey => agree(privateKey, remotePublicKey)
  }
}

function agree(privateKey: KeyObject, remotePublicKey: Uint8Array): Uint8Array {
  // Importing a JWK takes 3 to 6 µs, the same key as DER 7 to 75 µs, by the version of OpenSSL.
  const jwk = { kty: 'OKP', crv: 'X25519', x: base64Url(remotePublicKey) }
  try {
    return new Uint8Array(diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) }))
  } catch (cause) {
    // OpenSSL refuses to derive a secret of zeros.
    throw new CryptoError('bad-shared-secret', 'the remote X25519 key has small order', { cause })
  }
}
