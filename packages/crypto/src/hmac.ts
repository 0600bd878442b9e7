import { sha256 } from '#hash'
import { type Data, toBytes } from './data.ts'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** HMAC-SHA256 (RFC 2104): 32 bytes. In Node two one-shot hashes take half the time of a `Hmac`; a handshake makes 12. */
export function hmacSha256(key: Uint8Array, data: Data): Uint8Array {
  if (key.byteLength > BLOCK_BYTES) return hmacSha256(sha256(key), data)
  const bytes = toBytes(data)
  const inner = new Uint8Array(BLOCK_BYTES + bytes.byteLength)
  inner.set(bytes, BLOCK_BYTES)
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES)
  for (let i = 0; i < BLOCK_BYTES; i++) {
    // Not `?? 0`: engines are slow at reading past the end of an array.
    const byte = i < key.byteLength ? (key[i] as number) : 0
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  outer.set(sha256(inner), BLOCK_BYTES)
  return sha256(outer)
}
