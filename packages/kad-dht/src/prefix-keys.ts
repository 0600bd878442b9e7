import { writeU32 } from '@ts-libp2p/bytes'
import { type Key, keyOf } from './key.ts'

/** Leading bits of a place in the key space that can be wished for. */
export const MAX_PREFIX_BITS = 16

/** The head of a SHA-256 multihash, which is what the name of a peer may look like. */
const HEAD = Uint8Array.of(0x12, 0x20)
const NAME_BYTES = 34

/** Counters of the names found so far, by the first 16 bits of their places. */
const counters = new Map<number, number>()
let tried = 0

/**
 * A name, as long as a peer id, whose place in the key space begins with these 16 bits. Hashes cannot be turned back:
 * names are tried one after the other and those found on the way are kept, so the first calls take up to a second and
 * all later ones microseconds. go-libp2p uses the same names.
 */
export function nameWithPrefix(bits: number): Uint8Array {
  for (let at = counters.get(bits); ; at = counters.get(bits)) {
    if (at !== undefined) return nameOf(at)
    const place = keyOf(nameOf(tried))
    const prefix = ((place[0] as number) << 8) | (place[1] as number)
    if (!counters.has(prefix)) counters.set(prefix, tried)
    tried++
  }
}

/**
 * A name whose place shares exactly `prefixLength` leading bits, 15 at most, with `key`: for looking into a bucket. Which
 * of them depends on `draw`, in [0, 1).
 */
export function nameInBucket(key: Key, prefixLength: number, draw: number): Uint8Array {
  const own = ((key[0] as number) << 8) | (key[1] as number)
  const free = MAX_PREFIX_BITS - prefixLength - 1
  const flipped = (own >>> free) ^ 1
  return nameWithPrefix((flipped << free) | Math.floor(draw * 2 ** free))
}

function nameOf(counter: number): Uint8Array {
  const name = new Uint8Array(NAME_BYTES)
  name.set(HEAD)
  writeU32(counter, name, HEAD.byteLength)
  return name
}
