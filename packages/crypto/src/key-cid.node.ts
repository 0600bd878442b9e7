import { CID } from 'multiformats/cid'
import type { MultihashDigest } from 'multiformats/hashes/interface'

/** The CIDv1 of a key. */
export function keyCid<Hash extends number>(digest: MultihashDigest<Hash>): CID<unknown, 0x72, Hash, 1> {
  return CID.createV1(0x72, digest)
}
