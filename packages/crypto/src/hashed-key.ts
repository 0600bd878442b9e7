import type { PublicKey } from '@ts-libp2p/interface'
import { ecdsaPublicKey } from './ecdsa.ts'
import { parse } from './key-protobuf.ts'
import { rsaPublicKey } from './rsa.ts'

/** The types of key that are too long for a peer id, which is a hash of them. */
export type HashedType = 'RSA' | 'ECDSA'

/** `data` is PKIX DER, the callee's to keep. Throws a `CryptoError`: `invalid-key` or `unsupported-key`. */
export function hashedKey(type: HashedType, data: Uint8Array): PublicKey {
  return parse<PublicKey>(type === 'RSA' ? rsaPublicKey : ecdsaPublicKey, data)
}
