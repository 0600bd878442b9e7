import { createHash, type Hash, hash } from 'node:crypto'
import { type Data, toBytes } from './data.ts'
import type { Sha256 } from './hash.ts'

/** 32 bytes. */
export function sha256(data: Data): Uint8Array {
  return plain(hash('sha256', toBytes(data), 'buffer'))
}

export function createSha256(): Sha256 {
  return new NativeSha256()
}

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** HMAC-SHA256 (RFC 2104): 32 bytes. Two one-shot hashes take half the time of a `Hmac` object; a handshake makes 12. */
export function hmacSha256(key: Uint8Array, data: Data): Uint8Array {
  if (key.byteLength > BLOCK_BYTES) return hmacSha256(sha256(key), data)
  const bytes = toBytes(data)
  const inner = new Uint8Array(BLOCK_BYTES + bytes.byteLength)
  inner.set(bytes, BLOCK_BYTES)
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES)
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const byte = key[i] ?? 0
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  outer.set(hash('sha256', inner, 'buffer'), BLOCK_BYTES)
  return sha256(outer)
}

class NativeSha256 implements Sha256 {
  readonly #hash: Hash = createHash('sha256')

  update(data: Data): this {
    this.#hash.update(toBytes(data))
    return this
  }

  digest(): Uint8Array {
    return plain(this.#hash.digest())
  }
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
