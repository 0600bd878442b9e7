import { decodeEntry, encodeEntry } from '../../packages/peer-store/src/codec.ts'
import { identifiedPeer, storedPeers } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** Peers as they lie in a datastore, which may be damaged, or written by another version. */
export const target: Target = {
  name: 'peer-store-entry',
  seeds: storedPeers,
  run: input => void encodeEntry(decodeEntry(identifiedPeer(), input, 3_600_000))
}
