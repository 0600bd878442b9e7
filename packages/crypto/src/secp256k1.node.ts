import { createECDH, createPublicKey, type KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'
import { concat, fromHex } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'
import { nativeVerifier } from './native-verifier.node.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

const load: NodeJS.Require = createRequire(import.meta.url)
const CURVE = 'secp256k1'
/** SPKI up to the 33 bytes of a compressed point. */
const PUBLIC_PREFIX = fromHex('3036 3010 0607 2a8648ce3d0201 0605 2b8104000a 0322 00')

/** OpenSSL verifies in a third of the time that JavaScript takes. `raw` has 33 bytes. */
export function verifier(raw: Uint8Array): Verifier {
  const key = publicKey(raw)
  return nativeVerifier('sha256', () => key)
}

/**
 * Signs in DER with the lower of both possible `s`, which rust-libp2p insists on, and the nonce of RFC 6979, which OpenSSL
 * does not offer: in JavaScript, loaded with the first key that signs, since it costs 22 ms that most nodes do not owe.
 */
export function signer(scalar: Uint8Array): Signer {
  const { secp256k1 } = load('@noble/curves/secp256k1.js') as typeof import('@noble/curves/secp256k1.js')
  return data => secp256k1.sign(data, scalar, { format: 'der', lowS: true, prehash: true })
}

/** The compressed public point of a private scalar. Throws a `CryptoError` when it is zero or beyond the group order. */
export function publicPoint(scalar: Uint8Array): Uint8Array {
  const ecdh = createECDH(CURVE)
  try {
    ecdh.setPrivateKey(scalar)
    return new Uint8Array(ecdh.getPublicKey(null, 'compressed'))
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 scalar is zero or beyond the group order', { cause })
  }
}

export function randomScalar(): Uint8Array {
  const ecdh = createECDH(CURVE)
  ecdh.generateKeys()
  const scalar = ecdh.getPrivateKey()
  // OpenSSL leaves out leading zeros.
  return concat([new Uint8Array(32 - scalar.byteLength), scalar])
}

function publicKey(raw: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(concat([PUBLIC_PREFIX, raw])), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 public key is no point of the curve', { cause })
  }
}
