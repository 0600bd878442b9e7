import type { Contact } from '../contact.ts'
import { bitAt, commonPrefixLength, distanceShare, type Key, nearestTo } from '../key.ts'
import { MAX_REGION_ANSWERS } from '../limits.ts'
import { MAX_PREFIX_BITS } from '../prefix-keys.ts'

/** A part of the key space: all keys that begin with `length` bits, which are `bits` as a number. */
export interface Region {
  readonly bits: number
  readonly length: number
}

/** How finely to cut the key space, so that each part has twice k peers or more: those nearest to a key are then its own part's. */
export function regionLength(networkSize: number, k: number): number {
  return Math.max(0, Math.min(MAX_PREFIX_BITS, Math.floor(Math.log2(networkSize / (2 * k)))))
}

export function regionOf(key: Key, length: number): Region {
  let bits = 0
  for (let i = 0; i < length; i++) bits = (bits << 1) | bitAt(key, i)
  return { bits, length }
}

/**
 * Finds every peer of a region with few lookups. A lookup that found the k nearest to its target, the farthest of which
 * shares c leading bits with it, has found everybody who shares more than c: what is left of the region is looked into
 * in turn.
 *
 * Pure: look up what `next` says, tell `learned` what was found, until `next` is undefined.
 */
export class Exploration {
  private readonly k: number
  private readonly left: Region[]
  private readonly found = new Map<string, Contact>()

  constructor(region: Region, k: number) {
    this.k = k
    this.left = [region]
  }

  /** The part to look into next, at any target in it; undefined when the whole region is known. */
  next(): Region | undefined {
    return this.left.at(-1)
  }

  /** The peers nearest to a target in the part that `next` gave, the nearest first. */
  learned(target: Key, closest: readonly Contact[]): void {
    const part = this.left.pop()
    for (const contact of closest) this.found.set(contact.name, contact)
    const farthest = closest[closest.length - 1]
    // Fewer than k peers are all there are.
    if (part === undefined || farthest === undefined || closest.length < this.k) return
    const known = Math.min(MAX_PREFIX_BITS, commonPrefixLength(target, farthest.key) + 1)
    for (let i = part.length; i < known; i++) {
      const { bits } = regionOf(target, i + 1)
      this.left.push({ bits: bits ^ 1, length: i + 1 })
    }
  }

  peers(): Contact[] {
    return [...this.found.values()]
  }
}

/**
 * The k peers nearest to each key, and all others of the region around it, turned round: what each peer is to be told.
 *
 * @param share - of the key space, that the region is
 */
export function assign(
  keys: readonly { key: Uint8Array; place: Key }[],
  peers: readonly Contact[],
  { k, share }: { k: number; share: number }
): Map<Contact, Uint8Array[]> {
  const byPeer = new Map<Contact, Uint8Array[]>()
  for (const { key, place } of keys) {
    const nearest = [...peers].sort(nearestTo(place)).slice(0, MAX_REGION_ANSWERS * k)
    for (const [i, peer] of nearest.entries()) {
      if (i >= k && distanceShare(place, peer.key) >= share) break
      const told = byPeer.get(peer)
      if (told === undefined) byPeer.set(peer, [key])
      else told.push(key)
    }
  }
  return byPeer
}
