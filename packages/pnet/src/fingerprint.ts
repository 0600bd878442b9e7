import { salsa20 } from '@noble/ciphers/salsa.js'
import { shake128 } from '@noble/hashes/sha3.js'
import { fromUtf8, toHex } from '@ts-libp2p/bytes'
import { checkKey } from './key-file.ts'
import { BLOCK_BYTES } from './limits.ts'

const NONCE = fromUtf8('finprint')
const FINGERPRINT_BYTES = 16

/**
 * What two nodes may compare to see whether they share a key, as 32 hex digits; it does not give the key away. The
 * same as kubo's "Swarm key fingerprint". Throws a `PnetError` (`invalid-key`) unless the key has 32 bytes.
 */
export function fingerprint(psk: Uint8Array): string {
  const block = salsa20(checkKey(psk), NONCE, new Uint8Array(BLOCK_BYTES))
  return toHex(shake128(block, { dkLen: FINGERPRINT_BYTES }))
}
