import { ed25519, x25519 } from '@noble/curves/ed25519.js'

/** What browsers load where WebCrypto lacks Ed25519 and X25519: these functions of the library, and no others. */
export const publicKeyOfSeed: (seed: Uint8Array) => Uint8Array = ed25519.getPublicKey
export const sign: (data: Uint8Array, seed: Uint8Array) => Uint8Array = ed25519.sign
export const publicKeyOfX25519: (raw: Uint8Array) => Uint8Array = x25519.getPublicKey
export const sharedSecret: (raw: Uint8Array, remote: Uint8Array) => Uint8Array = x25519.getSharedSecret

/** RFC 8032 rather than ZIP 215: the checks that OpenSSL and Go make. */
export function verify(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean {
  return ed25519.verify(signature, data, publicKey, { zip215: false })
}
