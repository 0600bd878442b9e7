import { concat } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import { MAX_VERIFIED_PROOFS } from './limits.ts'

/** What a remote sends to prove that a static key speaks for its identity. */
export interface Proof {
  readonly staticKey: Uint8Array
  /** The identity's public key, as a protobuf. */
  readonly identityKey: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Remembers proofs that held, the latest used longest, by their digests. A node signs its static key once, so a peer that
 * comes back, or goes from a relayed connection to a direct one, brings the same proof; verifying it takes 0.1 ms, the
 * longest step of a handshake. That the remote has the static key is shown by every handshake anew.
 */
export class VerifiedProofs {
  private readonly digests = new Set<string>()

  has(proof: Proof): boolean {
    const digest = digestOf(proof)
    if (!this.digests.delete(digest)) return false
    this.digests.add(digest)
    return true
  }

  /** `proof` held. */
  add(proof: Proof): void {
    for (const oldest of this.digests) {
      if (this.digests.size < MAX_VERIFIED_PROOFS) break
      this.digests.delete(oldest)
    }
    this.digests.add(digestOf(proof))
  }
}

/** No two proofs give the same bytes: a static key has one length, and the identity's is told. */
function digestOf({ staticKey, identityKey, signature }: Proof): string {
  const length = Uint8Array.of(identityKey.byteLength >>> 8, identityKey.byteLength)
  return String.fromCharCode(...sha256(concat([staticKey, length, identityKey, signature])))
}
