import { createECDH, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { concat } from '@ts-libp2p/bytes'
import { CURVES, type CurveName } from './ecdsa-curves.ts'
import { encodePrivate } from './ecdsa-sec1.ts'
import { CryptoError } from './errors.ts'
import { nativeVerifier } from './native-verifier.node.ts'
import { encodeEcPublic } from './pkix-writer.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

const OPENSSL_NAMES: Record<CurveName, string> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }

export function generateScalar(curve: CurveName): Uint8Array {
  const ecdh = createECDH(OPENSSL_NAMES[curve])
  ecdh.generateKeys()
  return padded(ecdh.getPrivateKey(), CURVES[curve].size)
}

/** The uncompressed public point of a private scalar. */
export function curvePoint(curve: CurveName, scalar: Uint8Array): Uint8Array {
  const ecdh = createECDH(OPENSSL_NAMES[curve])
  try {
    ecdh.setPrivateKey(scalar)
    return new Uint8Array(ecdh.getPublicKey())
  } catch (cause) {
    throw new CryptoError('invalid-key', `an ECDSA scalar is zero or beyond the order of ${curve}`, { cause })
  }
}

export function verifier(curve: CurveName, point: Uint8Array): Verifier {
  const key = publicKey(curve, point)
  return nativeVerifier('sha256', () => key)
}

export function signer(curve: CurveName, scalar: Uint8Array): Signer {
  const sec1 = Buffer.from(encodePrivate(curve, scalar, curvePoint(curve, scalar)))
  const key = createPrivateKey({ key: sec1, format: 'der', type: 'sec1' })
  return data => new Uint8Array(sign('sha256', data, key))
}

function publicKey(curve: CurveName, point: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(encodeEcPublic(curve, point)), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new CryptoError('invalid-key', `an ECDSA public key is no point of ${curve}`, { cause })
  }
}

// OpenSSL leaves out leading zeros.
function padded(scalar: Uint8Array, size: number): Uint8Array {
  return concat([new Uint8Array(size - scalar.byteLength), scalar])
}
