import { toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitAt, commonPrefixLength, compareDistance, distanceShare, keyOf } from '../src/key.ts'
import { nameInBucket, nameWithPrefix } from '../src/prefix-keys.ts'
import { hex, vectors } from './vectors.ts'

const aKey = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** The distance as a number, the simple way. */
function distance(a: Uint8Array, b: Uint8Array): bigint {
  return BigInt(`0x${toHex(a.map((byte, i) => byte ^ (b[i] as number)))}`)
}

describe('places in the key space', () => {
  it.each(vectors('key'))('$id: the SHA-256 of $form', ({ key, sha256 }) => {
    expect(toHex(keyOf(hex(key)))).toBe(sha256)
  })

  it.each(vectors('cpl'))('$id: share $cpl bits', ({ a, b, cpl }) => {
    expect(commonPrefixLength(keyOf(hex(a)), keyOf(hex(b)))).toBe(cpl)
  })

  it.each(vectors('closest'))('$id: sorted by distance', ({ target, candidates, sorted }) => {
    const at = keyOf(hex(target))
    const names = [...candidates].sort((a, b) => compareDistance(at, keyOf(hex(a)), keyOf(hex(b))))
    expect(names).toEqual(sorted)
  })

  it('are ordered as their distances are', () => {
    fc.assert(
      fc.property(aKey, aKey, aKey, (target, a, b) => {
        const [x, y] = [distance(target, a), distance(target, b)]
        expect(Math.sign(compareDistance(target, a, b))).toBe(x < y ? -1 : x > y ? 1 : 0)
      })
    )
  })

  it('share as many bits as their distance has zeros in front', () => {
    fc.assert(
      fc.property(aKey, aKey, (a, b) => {
        const bits = distance(a, b).toString(2).padStart(256, '0')
        const shared = distance(a, b) === 0n ? 256 : bits.indexOf('1')
        expect(commonPrefixLength(a, b)).toBe(shared)
        if (shared < 256) expect(bitAt(a, shared)).not.toBe(bitAt(b, shared))
      })
    )
  })

  it('have their distance as a share of the whole', () => {
    fc.assert(
      fc.property(aKey, aKey, (a, b) => {
        const share = Number(distance(a, b) >> 192n) / 2 ** 64
        expect(distanceShare(a, b)).toBeCloseTo(share, 12)
      })
    )
  })
})

describe('names at wanted places', () => {
  it.each(vectors('prefix'))('$id: go-libp2p’s name for $prefix16', ({ key, prefix16 }) => {
    expect(toHex(nameWithPrefix(Number.parseInt(prefix16, 16), 16))).toBe(key)
  })

  it('fall into the bucket that is asked for', () => {
    fc.assert(
      fc.property(
        aKey,
        fc.integer({ min: 0, max: 15 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (key, bucket, draw) => {
          expect(commonPrefixLength(keyOf(nameInBucket(key, bucket, draw)), key)).toBe(bucket)
        }
      ),
      { numRuns: 50 }
    )
  })
})
