import { fromUtf8 } from '@ts-libp2p/bytes'
import { SeededRandom } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contact } from '../src/contact.ts'
import { compareDistance, distanceShare, type Key, keyOf } from '../src/key.ts'
import { someNameWithPrefix } from '../src/prefix-keys.ts'
import { assign, Exploration, regionLength, regionOf } from '../src/reprovide/exploration.ts'
import { names, peers } from './peers.ts'

const network = peers(400)

function nearest(target: Key, count: number, among: readonly Contact[] = network): Contact[] {
  return [...among].sort((a, b) => compareDistance(target, a.key, b.key)).slice(0, count)
}

/** Explores a region of a network in which every lookup finds the k nearest. */
function explore(region: { bits: number; length: number }, k: number, random: SeededRandom, among = network) {
  const exploration = new Exploration(region, k)
  let lookups = 0
  for (let part = exploration.next(); part !== undefined; part = exploration.next()) {
    const target = keyOf(someNameWithPrefix(part.bits, part.length, random.float()))
    exploration.learned(target, nearest(target, k, among))
    lookups++
  }
  return { peers: exploration.peers(), lookups }
}

describe('exploring a region', () => {
  it('finds everybody in it, with few lookups', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer(), (length, seed) => {
        const random = new SeededRandom(seed)
        const region = { bits: random.int(2 ** length), length }
        const { peers: found, lookups } = explore(region, 20, random)
        const inside = network.filter(({ key }) => regionOf(key, length).bits === region.bits)
        expect(names(found)).toEqual(expect.arrayContaining(names(inside)))
        expect(lookups).toBeLessThan(4 + inside.length / 4)
      }),
      { numRuns: 30 }
    )
  })

  it('finds the k nearest of every key, where the region is cut by the size of the network', () => {
    const random = new SeededRandom(7)
    const k = 20
    const length = regionLength(network.length, k)
    const keys = Array.from({ length: 300 }, (_, i) => ({ key: fromUtf8(`${i}`), place: keyOf(fromUtf8(`${i}`)) }))
    const region = regionOf(keys[0]!.place, length)
    const own = keys.filter(({ place }) => regionOf(place, length).bits === region.bits)
    const told = assign(own, explore(region, k, random).peers, { k, share: 0 })
    for (const { key, place } of own) {
      const holders = [...told].flatMap(([peer, list]) => (list.includes(key) ? [peer] : []))
      expect(names(holders).sort()).toEqual(names(nearest(place, k)).sort())
    }
  })

  it('tells everybody of the region around a key, within bounds, where there are more than k', () => {
    const place = keyOf(fromUtf8('attacked'))
    const key = fromUtf8('attacked')
    const order = nearest(place, network.length)
    const share = (distanceShare(place, order[12]!.key) + distanceShare(place, order[13]!.key)) / 2
    expect(names([...assign([{ key, place }], network, { k: 5, share }).keys()])).toEqual(names(order.slice(0, 13)))
    expect(names([...assign([{ key, place }], network, { k: 5, share: 1 }).keys()])).toEqual(names(order.slice(0, 20)))
  })

  it('is one lookup where there are fewer than k peers', () => {
    const few = network.slice(0, 10)
    expect(explore({ bits: 0, length: 0 }, 20, new SeededRandom(1), few)).toMatchObject({ lookups: 1 })
  })
})

describe('regions', () => {
  it.each([
    [10, 20, 0],
    [79, 20, 0],
    [80, 20, 1],
    [1000, 20, 4],
    [10_000, 20, 7],
    [1e9, 20, 16]
  ])('of %i peers with k = %i are of %i bits', (size, k, bits) => {
    expect(regionLength(size, k)).toBe(bits)
  })
})
