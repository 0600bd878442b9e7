import { Cursor, concat, fromUtf8 } from '@ts-libp2p/bytes'
import { CIPHER_KEY_BYTES, type Cipher, type Hash } from './algorithms.ts'
import { hmac } from './ciphers.ts'
import { IV_BYTES, MAC_KEY_BYTES } from './limits.ts'

/** What one direction is encrypted and authenticated with. */
export interface Keys {
  readonly iv: Uint8Array
  readonly cipherKey: Uint8Array
  readonly macKey: Uint8Array
}

const SEED = fromUtf8('key expansion')

/** The keys of both directions. The first are the preferred side's. */
export function stretch(cipher: Cipher, hash: Hash, secret: Uint8Array): [Keys, Keys] {
  const length = 2 * (IV_BYTES + CIPHER_KEY_BYTES[cipher] + MAC_KEY_BYTES)
  const blocks: Uint8Array[] = []
  let a = hmac(hash, secret, [SEED])
  for (let made = 0; made < length; ) {
    const block = hmac(hash, secret, [a, SEED])
    blocks.push(block)
    made += block.byteLength
    a = hmac(hash, secret, [a])
  }
  const cursor = new Cursor(concat(blocks))
  return [take(cursor, cipher), take(cursor, cipher)]
}

/** The shared x coordinate as it is stretched: go-libp2p drops its leading zeros, and the network with it. */
export function trimmed(x: Uint8Array): Uint8Array {
  let zeros = 0
  while (zeros < x.byteLength && x[zeros] === 0) zeros++
  return x.subarray(zeros)
}

function take(cursor: Cursor, cipher: Cipher): Keys {
  const iv = cursor.take(IV_BYTES)
  return { iv, cipherKey: cursor.take(CIPHER_KEY_BYTES[cipher]), macKey: cursor.take(MAC_KEY_BYTES) }
}
