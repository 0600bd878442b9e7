import { createECDH, createPublicKey, getCurves, type KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'
import { concat, fromHex } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'
import { nativeVerifier } from './native-verifier.node.ts'
import { verifyWith } from './secp256k1-verify.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

const load: NodeJS.Require = createRequire(import.meta.url)
const CURVE = 'secp256k1'
/** SPKI up to the 33 bytes of a compressed point. */
const PUBLIC_PREFIX = fromHex('3036 3010 0607 2a8648ce3d0201 0605 2b8104000a 0322 00')

type Curve = typeof import('@noble/curves/secp256k1.js').secp256k1

/** Noble's, loaded when it is first needed: it costs 22 ms that most nodes do not owe. */
function noble(): Curve {
  return (load('@noble/curves/secp256k1.js') as { secp256k1: Curve }).secp256k1
}

let isKnown: boolean | undefined

/** Whether node:crypto has the curve: under Bun it has not, and noble does everything. */
function isNative(): boolean {
  isKnown ??= getCurves().includes(CURVE)
  return isKnown
}

/** OpenSSL verifies in a third of the time that JavaScript takes. `raw` has 33 bytes. */
export function verifier(raw: Uint8Array): Verifier {
  if (isNative()) {
    const key = publicKey(raw)
    return nativeVerifier('sha256', () => key)
  }
  const curve = noble()
  if (!curve.utils.isValidPublicKey(raw)) throw noPoint()
  return (data, signature) => verifyWith(curve, signature, data, raw)
}

/**
 * Signs in DER with the lower of both possible `s`, which rust-libp2p insists on, and the nonce of RFC 6979, which OpenSSL
 * does not offer: in JavaScript.
 */
export function signer(scalar: Uint8Array): Signer {
  const curve = noble()
  return data => curve.sign(data, scalar, { format: 'der', lowS: true, prehash: true })
}

/** The compressed public point of a private scalar. Throws a `CryptoError` when it is zero or beyond the group order. */
export function publicPoint(scalar: Uint8Array): Uint8Array {
  try {
    return isNative() ? nativePoint(scalar) : noble().getPublicKey(scalar, true)
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 scalar is zero or beyond the group order', { cause })
  }
}

function nativePoint(scalar: Uint8Array): Uint8Array {
  const ecdh = createECDH(CURVE)
  ecdh.setPrivateKey(scalar)
  return new Uint8Array(ecdh.getPublicKey(null, 'compressed'))
}

export function randomScalar(): Uint8Array {
  if (!isNative()) return noble().utils.randomSecretKey()
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
    throw noPoint(cause)
  }
}

function noPoint(cause?: unknown): CryptoError {
  return new CryptoError('invalid-key', 'a secp256k1 public key is no point of the curve', { cause })
}
