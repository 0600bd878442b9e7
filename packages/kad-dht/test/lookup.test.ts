import { SeededRandom } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contact } from '../src/contact.ts'
import { compareDistance, distanceShare, keyOf } from '../src/key.ts'
import { DisjointLookup } from '../src/lookup/disjoint.ts'
import { Lookup, type LookupInit } from '../src/lookup/lookup.ts'
import type { Search } from '../src/lookup/search.ts'
import { names, peer, peers } from './peers.ts'

const target = keyOf(new TextEncoder().encode('target'))
const nearestFirst = (contacts: readonly Contact[]): Contact[] =>
  [...contacts].sort((a, b) => compareDistance(target, a.key, b.key))
const init: LookupInit = { target, patience: () => ({ lateMs: 500, slowMs: 1000 }) }
const all = nearestFirst(peers(60))
const many = peers(200)

function askable(search: Search, now: number): Contact[] {
  const asked: Contact[] = []
  for (let step = search.next(now); step !== 'wait' && step !== 'done'; step = search.next(now)) asked.push(step)
  return asked
}

/** Plays a lookup to its end: everybody answers with what `knows` says, in random order. */
function play(search: Search, knows: (peer: Contact) => readonly Contact[] | undefined, random: SeededRandom): number {
  const running: Contact[] = []
  let asked = 0
  for (let now = 0; now < 100_000; now++) {
    const step = search.next(now)
    if (step === 'done') return asked
    if (step !== 'wait') {
      running.push(step)
      asked++
    } else if (running.length > 0) {
      const [next] = running.splice(random.int(running.length), 1) as [Contact]
      const said = knows(next)
      if (said === undefined) search.failed(next.name, new Error('dead'), now)
      else search.answered(next.name, said, now)
    }
  }
  throw new Error('the lookup did not end')
}

describe('a lookup', () => {
  it('asks α at a time, the nearest first', () => {
    const lookup = new Lookup({ ...init, alpha: 3 })
    lookup.begin(all.slice(10, 20).reverse(), 0)
    expect(names(askable(lookup, 0))).toEqual(names(all.slice(10, 13)))
    lookup.answered(all[11]!.name, [all[0]!, all[30]!], 1)
    expect(names(askable(lookup, 1))).toEqual([all[0]!.name])
  })

  it('asks the rest of the k nearest at once when the β nearest have answered', () => {
    const lookup = new Lookup({ ...init, alpha: 3, beta: 3, k: 10 })
    lookup.begin(all.slice(0, 20), 0)
    for (const { name } of askable(lookup, 0)) lookup.answered(name, [], 1)
    expect(names(askable(lookup, 1))).toEqual(names(all.slice(3, 10)))
  })

  it('ends when the k nearest have answered, whoever else is still asked', () => {
    const lookup = new Lookup({ ...init, alpha: 3, k: 3 })
    lookup.begin(all.slice(10, 13), 0)
    const [first] = askable(lookup, 0) as [Contact]
    lookup.answered(first.name, all.slice(0, 3), 1)
    expect(askable(lookup, 1)).toHaveLength(1)
    lookup.failed(all[11]!.name, new Error('no'), 2)
    for (let now = 3; now < 6; now++) {
      askable(lookup, now)
      for (const { name } of all.slice(0, 3)) lookup.answered(name, [], now)
    }
    expect(lookup.next(6)).toBe('done')
    expect(names(lookup.closest(3))).toEqual(names(all.slice(0, 3)))
  })

  it('does not wait for the slow, and takes their answer', () => {
    const lookup = new Lookup({ ...init, k: 4, alpha: 4, beta: 3 })
    lookup.begin(all.slice(0, 4), 0)
    for (const { name } of askable(lookup, 0).slice(1)) lookup.answered(name, [], 10)
    expect(lookup.next(10)).toBe('wait')
    expect(lookup.deadline()).toBe(500)
    expect(lookup.next(500)).toBe('wait')
    expect(lookup.deadline()).toBe(1000)
    expect(lookup.next(1000)).toBe('done')
    lookup.answered(all[0]!.name, [], 1001)
    expect(names(lookup.closest(4))).toEqual(names(all.slice(0, 4)))
  })

  it('waits for the slow when hardly anybody has answered, until they are overdue', () => {
    const lookup = new Lookup({ ...init, requestTimeoutMs: 5000 })
    lookup.begin(all.slice(0, 2), 0)
    askable(lookup, 0)
    expect(lookup.next(1000)).toBe('wait')
    expect(lookup.deadline()).toBe(5000)
    expect(names(lookup.overdue(5000))).toEqual(names(all.slice(0, 2)))
    for (const { name } of all.slice(0, 2)) lookup.failed(name, new Error('timeout'), 5000)
    expect(lookup.next(5000)).toBe('done')
  })

  it('asks more than k from the start where some will not answer', () => {
    const lookup = new Lookup({ ...init, k: 4, beta: 1, silence: () => 0.5 })
    lookup.begin(all.slice(0, 12), 0)
    expect(askable(lookup, 0)).toHaveLength(8)
    lookup.answered(all[0]!.name, [], 1)
    expect(askable(lookup, 1)).toEqual([])
    for (const { name } of all.slice(1, 8)) lookup.answered(name, [], 2)
    expect(lookup.next(2)).toBe('done')
  })

  it('expects an answer a round trip after the dial, by which it knows how far the peer is', () => {
    const lookup = new Lookup({ ...init, k: 1, beta: 1, patience: () => ({ lateMs: 5000, slowMs: 9000 }) })
    lookup.begin(all.slice(0, 2), 0)
    askable(lookup, 0)
    lookup.reached(all[0]!.name, 400)
    // The dial took two round trips of 200 ms; deviations of a quarter of one.
    expect(lookup.deadline()).toBe(400 + 1.5 * 200)
    expect(names(askable(lookup, 700))).toEqual([all[1]!.name])
    lookup.answered(all[1]!.name, [], 750)
    expect(lookup.next(799)).toBe('wait')
    expect(lookup.next(400 + 2 * 200)).toBe('done')
    expect(lookup.slow().map(({ contact }) => contact.name)).toEqual([all[0]!.name])
  })

  it('asks the next one in place of one that is late', () => {
    const lookup = new Lookup({ ...init, alpha: 2 })
    lookup.begin(all.slice(0, 6), 0)
    askable(lookup, 0)
    expect(askable(lookup, 499)).toEqual([])
    expect(names(askable(lookup, 500))).toEqual(names(all.slice(2, 4)))
  })

  it('converges around one that is late, and waits for it at the end', () => {
    const lookup = new Lookup({ ...init, alpha: 4, beta: 3, k: 8 })
    lookup.begin(all.slice(0, 8), 0)
    for (const { name } of askable(lookup, 0).slice(1)) lookup.answered(name, [], 10)
    expect(askable(lookup, 10)).toHaveLength(3)
    expect(names(askable(lookup, 500))).toEqual([all[7]!.name])
    for (const { name } of all.slice(4, 8)) lookup.answered(name, [], 510)
    expect(lookup.next(999)).toBe('wait')
    lookup.answered(all[0]!.name, [], 999)
    expect(lookup.next(999)).toBe('done')
  })

  it('asks nobody twice, and never itself', () => {
    const lookup = new Lookup({ ...init, self: all[0]!.name })
    lookup.begin(all.slice(0, 3), 0)
    const asked = askable(lookup, 0)
    expect(names(asked)).toEqual(names(all.slice(1, 3)))
    for (const { name } of asked) expect(lookup.answered(name, all.slice(0, 3), 1)).toEqual([])
    expect(lookup.next(1)).toBe('done')
  })

  it('takes no answer from those it did not ask, nor a second one', () => {
    const lookup = new Lookup(init)
    lookup.begin([all[5]!], 0)
    expect(lookup.answered(all[5]!.name, [all[0]!], 0)).toEqual([])
    askable(lookup, 0)
    expect(names(lookup.answered(all[5]!.name, [all[1]!], 0))).toEqual([all[1]!.name])
    expect(lookup.answered(all[5]!.name, [all[2]!], 0)).toEqual([])
  })

  it('ends at once when it is stopped', () => {
    const lookup = new Lookup(init)
    lookup.begin(all, 0)
    lookup.stop()
    expect(lookup.next(0)).toBe('done')
  })

  it('keeps a thousand peers in view', () => {
    const lookup = new Lookup(init)
    lookup.begin(peers(1500), 0)
    expect(lookup.candidates()).toHaveLength(1024)
    expect(
      names(
        lookup
          .candidates()
          .slice(0, 20)
          .map(({ contact }) => contact)
      )
    ).toEqual(names(nearestFirst(peers(1500)).slice(0, 20)))
  })

  it('knows who led to whom', () => {
    const lookup = new Lookup(init)
    lookup.begin([all[5]!], 0)
    askable(lookup, 0)
    lookup.answered(all[5]!.name, [all[1]!], 7)
    const found = lookup.candidates().find(({ contact }) => contact === all[1])
    expect(found).toMatchObject({ heardFrom: all[5]!.name, heardAt: 7, hops: 2, state: 'heard' })
  })
})

describe('peers of one /24', () => {
  const crowd = nearestFirst(Array.from({ length: 60 }, (_, i) => peer(`sybil ${i}`, `/ip4/5.6.7.8/tcp/${i + 1}`)))
  const honest = nearestFirst(Array.from({ length: 20 }, (_, i) => peer(`h ${i}`, `/ip4/5.6.${i + 10}.1/tcp/1`)))

  it('are two of the k nearest at most, as long as there are others', () => {
    const lookup = new Lookup(init)
    lookup.begin([...crowd, ...honest], 0)
    play(lookup, () => [], new SeededRandom(1))
    const found = lookup.closest(20)
    expect(found.filter(contact => crowd.includes(contact))).toHaveLength(2)
  })

  it('are all asked where there are no others', () => {
    const lookup = new Lookup(init)
    lookup.begin([...crowd, ...honest.slice(0, 3)], 0)
    play(lookup, () => [], new SeededRandom(1))
    expect(lookup.closest(20)).toHaveLength(20)
  })
})

describe.each([
  ['one path', () => new Lookup(init)],
  ['four disjoint paths', () => new DisjointLookup({ ...init, paths: 4 })]
])('with %s', (_, make) => {
  it('finds the k nearest of a network in which everybody knows some', () => {
    fc.assert(
      fc.property(fc.integer({ min: 25, max: 200 }), fc.integer(), (size, seed) => {
        const random = new SeededRandom(seed)
        const network = many.slice(0, size)
        const knows = new Map(
          network.map(({ name, key }) => {
            const near = [...network].sort((a, b) => compareDistance(key, a.key, b.key)).slice(0, 25)
            return [name, [...new Set([...near, ...random.shuffle(network).slice(0, 20)])]]
          })
        )
        const search = make()
        search.begin(random.shuffle(network).slice(0, 8), 0)
        play(search, ({ name }) => nearestFirst(knows.get(name)!).slice(0, 20), random)
        expect(names(search.closest(20))).toEqual(names(nearestFirst(network).slice(0, 20)))
      }),
      { numRuns: 20 }
    )
  })

  it('ends, whatever the peers say', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const random = new SeededRandom(seed)
        const network = many.slice(0, 100)
        const search = make()
        search.begin(network.slice(0, 5), 0)
        const asked = play(
          search,
          () => (random.chance(0.3) ? undefined : random.shuffle(network).slice(0, random.int(30))),
          random
        )
        expect(asked).toBeLessThanOrEqual(100)
      }),
      { numRuns: 50 }
    )
  })
})

describe('disjoint paths', () => {
  it('share no peer', () => {
    const search = new DisjointLookup({ ...init, paths: 3 })
    search.begin(all.slice(0, 9), 0)
    const asked = askable(search, 0)
    expect(new Set(names(asked)).size).toBe(asked.length)
    expect(asked.map(({ name }) => search.pathOf(name)).slice(0, 3)).toEqual([0, 1, 2])
    for (const { name } of asked) search.answered(name, all.slice(20), 1)
    expect(search.candidates()).toHaveLength(9 + 40)
  })

  it('find the target although all but one are led astray', () => {
    const liars = peers(300, 1000)
    const honest = all.slice(0, 20)
    const search = new DisjointLookup({ ...init, paths: 4 })
    const [a, b, c, d] = peers(4, 5000) as [Contact, Contact, Contact, Contact]
    search.begin([a, b, c, d], 0)
    const path = search.pathOf(c.name)
    play(search, ({ name }) => (search.pathOf(name) === path ? honest : liars), new SeededRandom(3))
    expect(names(search.closest(60))).toEqual(expect.arrayContaining(names(honest)))
  })
})

/** Ids that were made for a key are nearer to it than chance would have so many. */
describe('a lookup whose k nearest are improbably near', () => {
  /** Reaches up to the peer at `index`, and not to the next. */
  const regionOf = (index: number): number =>
    (distanceShare(target, all[index]!.key) + distanceShare(target, all[index + 1]!.key)) / 2
  const cases: readonly { what: string; region: number; asked: number }[] = [
    { what: 'asks everybody of the region that holds them', region: regionOf(11), asked: 12 },
    { what: 'asks nobody else where the region holds k', region: regionOf(4), asked: 5 },
    { what: 'asks nobody else where the region holds fewer', region: regionOf(2), asked: 5 },
    { what: 'does not go on for ever', region: 1, asked: 20 }
  ]
  for (const { what, region, asked } of cases) {
    it(what, () => {
      const lookup = new Lookup({ ...init, k: 5, region })
      lookup.begin(all, 0)
      const questions = play(lookup, () => [], new SeededRandom(what))
      expect(questions).toBe(asked)
      expect(names(lookup.holders())).toEqual(names(all.slice(0, asked)))
      expect(names(lookup.closest(5))).toEqual(names(all.slice(0, 5)))
    })
  }

  it('does so on each of several paths', () => {
    const lookup = new DisjointLookup({ ...init, k: 5, region: regionOf(11), paths: 2 })
    lookup.begin(all, 0)
    play(lookup, () => [], new SeededRandom('paths'))
    expect(names(lookup.holders())).toEqual(names(all.slice(0, 12)))
    expect(names(lookup.region())).toEqual(names(all.slice(0, 12)))
    expect(lookup.hasRegion()).toBe(true)
  })

  it('knows when everybody of the region was asked, and who answered', () => {
    const lookup = new Lookup({ ...init, k: 5, alpha: 5, region: regionOf(5) })
    lookup.begin(all.slice(0, 5), 0)
    askable(lookup, 0)
    for (const { name } of all.slice(0, 3)) lookup.answered(name, [], 1)
    expect(lookup.hasRegion()).toBe(false)
    lookup.answered(all[3]!.name, all.slice(5, 7), 1)
    lookup.failed(all[4]!.name, new Error('dead'), 1)
    expect(lookup.hasRegion()).toBe(false)
    askable(lookup, 1)
    lookup.answered(all[5]!.name, [], 2)
    expect(lookup.hasRegion()).toBe(true)
    expect(names(lookup.region())).toEqual(names([...all.slice(0, 4), all[5]!]))
  })

  it('does not wait for those who are late', () => {
    const lookup = new Lookup({ ...init, k: 5, region: regionOf(0) })
    lookup.begin(all.slice(0, 2), 0)
    askable(lookup, 0)
    expect(lookup.hasRegion()).toBe(false)
    askable(lookup, 500)
    expect(lookup.hasRegion()).toBe(true)
    expect(lookup.region()).toEqual([])
  })

  it('has enough of a region of a crowd, and needs no more of one network than counts', () => {
    const crowd = new Lookup({ ...init, k: 5, alpha: 30, region: 1 })
    crowd.begin(all, 0)
    for (const { name } of askable(crowd, 0).slice(0, 19)) crowd.answered(name, [], 1)
    expect(crowd.hasRegion()).toBe(false)
    crowd.answered(all[19]!.name, [], 1)
    expect(crowd.hasRegion()).toBe(true)
    const neighbours = nearestFirst([1, 2, 3].map(i => peer(`neighbour ${i}`, `/ip4/45.1.7.${i}/tcp/1`)))
    const lookup = new Lookup({ ...init, k: 5, region: 1, maxPerGroup: 2 })
    lookup.begin(neighbours, 0)
    for (const { name } of neighbours.slice(0, 2)) {
      askable(lookup, 0)
      lookup.answered(name, [], 1)
    }
    expect(lookup.hasRegion()).toBe(true)
  })

  it('does not have more of one network for that', () => {
    const sybils = nearestFirst(Array.from({ length: 30 }, (_, i) => peer(`sybil ${i}`, `/ip4/45.1.7.${i + 1}/tcp/1`)))
    const lookup = new Lookup({ ...init, k: 5, region: 1, maxPerGroup: 2 })
    lookup.begin([...sybils, ...all], 0)
    play(lookup, () => [], new SeededRandom('sybils'))
    const found = new Set(names(lookup.holders()))
    expect(sybils.filter(({ name }) => found.has(name))).toHaveLength(2)
    expect(found.size).toBe(20)
  })
})
