import { ed25519FromSeed } from '@ts-libp2p/crypto'
import type { Ed25519PeerId, Ed25519PrivateKey } from '@ts-libp2p/interface'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { SeededRandom } from './seeded-random.ts'

/** Who a node is. */
export interface Identity {
  readonly privateKey: Ed25519PrivateKey
  readonly peerId: Ed25519PeerId
}

/** An Ed25519 identity that is always the same for the same seed. Anybody can make it: for tests only. */
export function identity(seed: number | string): Identity {
  const privateKey = ed25519FromSeed(new SeededRandom(`identity ${seed}`).bytes(32))
  return { privateKey, peerId: peerIdFromPrivateKey(privateKey) }
}
