import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { type Data, toBytes } from './data.ts'
import type { Sha256 } from './hash.ts'

/** 32 bytes. */
export function sha256(data: Data): Uint8Array {
  return nobleSha256(toBytes(data))
}

export function createSha256(): Sha256 {
  return new NobleSha256()
}

/** HMAC-SHA256 (RFC 2104): 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Data): Uint8Array {
  return hmac(nobleSha256, key, toBytes(data))
}

class NobleSha256 implements Sha256 {
  readonly #hash = nobleSha256.create()

  update(data: Data): this {
    this.#hash.update(toBytes(data))
    return this
  }

  digest(): Uint8Array {
    return this.#hash.digest()
  }
}
