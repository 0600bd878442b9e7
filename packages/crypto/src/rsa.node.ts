import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { nativeVerifier } from './native-verifier.node.ts'
import type { Signer } from './signing-key.ts'
import type { Verifier } from './verifying-key.ts'

const ENCODING = {
  publicKeyEncoding: { type: 'pkcs1', format: 'der' },
  privateKeyEncoding: { type: 'pkcs1', format: 'der' }
} as const

/** PKCS#1 DER. */
export async function generatePkcs1(bits: number): Promise<Uint8Array> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits, ...ENCODING })
  return new Uint8Array(privateKey)
}

export function verifier(jwk: () => JsonWebKey): Verifier {
  return nativeVerifier('sha256', () => createPublicKey({ key: { ...jwk() }, format: 'jwk' }))
}

export function signer(jwk: () => JsonWebKey): Signer {
  let key: KeyObject | undefined
  return data => {
    key ??= createPrivateKey({ key: { ...jwk() }, format: 'jwk' })
    return new Uint8Array(sign('sha256', data, key))
  }
}
