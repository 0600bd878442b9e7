import type { MultihashDigest } from 'multiformats/hashes/interface'

const HEADER_BYTES = 2

/** A multihash as its parts, which are views of it. Its code and its length take a byte each, as those of keys do. */
export function keyDigest<Code extends number = number>(multihash: Uint8Array): MultihashDigest<Code> {
  const bytes = multihash as Uint8Array<ArrayBuffer>
  const [code, size] = bytes as unknown as [Code, number]
  return { code, size, digest: bytes.subarray(HEADER_BYTES), bytes }
}
