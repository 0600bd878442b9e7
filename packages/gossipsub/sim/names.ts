import { fromUtf8 } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import { peerIdFromBytes } from '@ts-libp2p/peer-id'
import type { PeerKey } from '@ts-libp2p/pubsub'

/** Base58 of the ids of everybody who will ever be in a network, by index. Nobody has the keys. */
export class Names {
  private readonly keys: PeerKey[] = []
  private readonly indexes = new Map<PeerKey, number>()

  of(index: number): PeerKey {
    while (this.keys.length <= index) this.add()
    return this.keys[index] as PeerKey
  }

  indexOf(key: PeerKey): number {
    const index = this.indexes.get(key)
    if (index === undefined) throw new RangeError(`there is nobody called ${key}`)
    return index
  }

  private add(): void {
    const bytes = new Uint8Array(34)
    bytes.set([0x12, 0x20])
    bytes.set(sha256(fromUtf8(`node ${this.keys.length}`)), 2)
    const key = peerIdFromBytes(bytes).toString()
    this.indexes.set(key, this.keys.length)
    this.keys.push(key)
  }
}

/** An address of one's own. */
export function addressOf(index: number): string {
  return `45.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
}
