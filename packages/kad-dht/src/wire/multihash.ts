import { Cursor } from '@ts-libp2p/bytes'

/** Whether bytes are one multihash: the hash's code, the digest's length, the digest, of any hash. */
export function isMultihash(bytes: Uint8Array): boolean {
  try {
    const cursor = new Cursor(bytes)
    cursor.varint()
    return cursor.varint() === cursor.remaining
  } catch {
    return false
  }
}
