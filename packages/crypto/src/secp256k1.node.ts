import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { concat, fromHex } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'
import type { Verifier } from './verifying-key.ts'

/** SPKI up to the 33 bytes of a compressed point. */
const PREFIX = fromHex('3036 3010 0607 2a8648ce3d0201 0605 2b8104000a 0322 00')

/** OpenSSL verifies in a third of the time that JavaScript takes. `raw` has 33 bytes. */
export function verifier(raw: Uint8Array): Verifier {
  const key = publicKey(raw)
  return (data, signature) => verify('sha256', data, key, signature)
}

function publicKey(raw: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(concat([PREFIX, raw])), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new CryptoError('invalid-key', 'a secp256k1 public key is no point of the curve', { cause })
  }
}
