/**
 * Keys, signatures, authenticated encryption, Diffie-Hellman and hashes, on native crypto in Node and on noble and
 * WebCrypto in browsers.
 *
 * @example
 * import { generateKeyPair } from '@ts-libp2p/crypto'
 * const key = await generateKeyPair('Ed25519')
 * await key.publicKey.verify(data, await key.sign(data)) // true
 *
 * Keys follow https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */

export { keyCid } from '#key-cid'
export { useVerifierThread } from '#verifier-thread'
export { type Aead, createAead } from './aead.ts'
export { ed25519FromSeed } from './ed25519-secret.ts'
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export { createSha256, type Sha256, sha256 } from './hash.ts'
export { hkdfSha256 } from './hkdf.ts'
export { hmacSha256 } from './hmac.ts'
export {
  type GenerateRsaOptions,
  generateKeyPair,
  privateKeyToProtobuf,
  publicKeyToProtobuf,
  readPrivateKey
} from './keys.ts'
export { keyDigest } from './multihash.ts'
export { privateKeyFromProtobuf, privateKeyFromRaw } from './private-keys.ts'
export { publicKeyFromProtobuf, publicKeyFromRaw } from './public-keys.ts'
export { systemRandom } from './random.ts'
export { inlinedPublicKey, readPublicKey } from './read-public-key.ts'
export type { SignatureCheck, VerifierThread } from './verifier-thread.ts'
export {
  type X25519KeyPair,
  X25519PrivateKey,
  x25519KeyPair,
  x25519KeyPairFromPrivate,
  x25519SharedSecret
} from './x25519.ts'
