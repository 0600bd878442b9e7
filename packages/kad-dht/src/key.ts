/**
 * Kademlia's key space: SHA-256 of what names a peer or a record, and the XOR of two such keys as their distance.
 * https://github.com/libp2p/specs/blob/master/kad-dht/README.md#distance
 */
import { sha256 } from '@ts-libp2p/crypto'

/** 32 bytes. */
export type Key = Uint8Array

export const KEY_BITS = 256

/** Where something lies in the key space: a peer by the bytes of its id, a provider's key by its multihash. */
export function keyOf(name: Uint8Array): Key {
  return sha256(name)
}

/** Below 0 when `a` is nearer to `target` than `b`, above when farther. */
export function compareDistance(target: Key, a: Key, b: Key): number {
  for (let i = 0; i < target.length; i++) {
    if (a[i] === b[i]) continue
    return ((a[i] as number) ^ (target[i] as number)) - ((b[i] as number) ^ (target[i] as number))
  }
  return 0
}

/** The first 32 bits of a key. */
export function headOf(key: Key): number {
  return (
    (((key[0] as number) << 24) | ((key[1] as number) << 16) | ((key[2] as number) << 8) | (key[3] as number)) >>> 0
  )
}

/** What has a place in the key space. */
export interface Placed {
  readonly key: Key
  /** See `headOf`. */
  readonly head: number
}

/** Sorts by distance, the nearest first. */
export function nearestTo(target: Key): (a: Placed, b: Placed) => number {
  const head = headOf(target)
  return (a, b) => {
    // Each made unsigned: the difference of two such fits into no 32 bits, and need not.
    const first = ((a.head ^ head) >>> 0) - ((b.head ^ head) >>> 0)
    return first !== 0 ? first : compareDistance(target, a.key, b.key)
  }
}

/** Leading bits that two keys share: 0 to 256. */
export function commonPrefixLength(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) ^ (b[i] as number)
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24
  }
  return KEY_BITS
}

/** The distance as a share of the key space, 0 to 1, as precise as a float can be. */
export function distanceShare(a: Key, b: Key): number {
  let share = 0
  for (let i = 6; i >= 0; i--) share = (share + ((a[i] as number) ^ (b[i] as number))) / 256
  return share
}

/** The bit at `index`, counted from the front. */
export function bitAt(key: Key, index: number): 0 | 1 {
  return (((key[index >>> 3] as number) >>> (7 - (index & 7))) & 1) as 0 | 1
}
