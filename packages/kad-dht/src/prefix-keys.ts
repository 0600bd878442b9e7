import { writeU32 } from '@ts-libp2p/bytes'
import { type Key, keyOf } from './key.ts'

/** Leading bits of a place in the key space that can be wished for. */
export const MAX_PREFIX_BITS = 16

/** The head of a SHA-256 multihash, which is what the name of a peer may look like. */
const HEAD: Uint8Array = Uint8Array.of(0x12, 0x20)
const NAME_BYTES = 34

/** Bits beyond those that are wished for which are left to the draw: each more doubles the names that must be tried. */
const DRAWN_BITS = 4

/** By the first 16 bits of a place: one more than the counter of a name that lies there, 0 while none is known. */
const counters = new Uint32Array(2 ** MAX_PREFIX_BITS)
let tried = 0

/**
 * A name, as long as a peer id, whose place in the key space begins with these bits, 16 at most. Hashes cannot be turned
 * back: names are tried one after the other, and those found on the way are kept. go-libp2p uses the same ones.
 */
export function nameWithPrefix(bits: number, length: number): Uint8Array {
  const width = 2 ** (MAX_PREFIX_BITS - length)
  const known = counters.subarray(bits * width, (bits + 1) * width).filter(counter => counter > 0)
  // The first one, so that it does not depend on what was asked for before.
  if (known.length > 0) return nameOf(Math.min(...known) - 1)
  for (;;) {
    const counter = tried++
    const place = keyOf(nameOf(counter))
    const prefix = ((place[0] as number) << 8) | (place[1] as number)
    if (counters[prefix] === 0) counters[prefix] = counter + 1
    if (prefix >>> (MAX_PREFIX_BITS - length) === bits) return nameOf(counter)
  }
}

/** One of some names whose places begin with these bits; which of them depends on `draw`, in [0, 1). */
export function someNameWithPrefix(bits: number, length: number, draw: number): Uint8Array {
  const drawn = Math.min(DRAWN_BITS, MAX_PREFIX_BITS - length)
  return nameWithPrefix((bits << drawn) | Math.floor(draw * 2 ** drawn), length + drawn)
}

/** A name whose place shares exactly `prefixLength` leading bits, 15 at most, with `key`: for looking into a bucket. */
export function nameInBucket(key: Key, prefixLength: number, draw: number): Uint8Array {
  const own = ((key[0] as number) << 8) | (key[1] as number)
  const flipped = (own >>> (MAX_PREFIX_BITS - prefixLength - 1)) ^ 1
  return someNameWithPrefix(flipped, prefixLength + 1, draw)
}

function nameOf(counter: number): Uint8Array {
  const name = new Uint8Array(NAME_BYTES)
  name.set(HEAD)
  writeU32(counter, name, HEAD.byteLength)
  return name
}
