import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ordered } from '../src/ordered.ts'
import { SeenCache } from '../src/seen.ts'
import { Subscriptions } from '../src/subscriptions.ts'

describe('ids that were seen', () => {
  it('are remembered for the TTL at least, and half as long again at most', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 200 }), steps => {
        const seen = new SeenCache(100, 10_000)
        const addedAt = new Map<string, number>()
        let now = 0
        for (const [i, step] of steps.entries()) {
          now += step
          seen.turnOver(now)
          const id = String(i % 50)
          const age = now - (addedAt.get(id) ?? Number.NEGATIVE_INFINITY)
          if (age < 100) expect(seen.has(id)).toBe(true)
          if (age > 150 + 40) expect(seen.has(id)).toBe(false)
          if (seen.add(id, now)) addedAt.set(id, now)
        }
      })
    )
  })

  it('are so many and no more', () => {
    const seen = new SeenCache(1_000_000, 300)
    for (let i = 0; i < 10_000; i++) seen.add(String(i), 0)
    expect(seen.size).toBeLessThanOrEqual(300)
    expect(seen.has('9999')).toBe(true)
  })

  it('are told apart from new ones', () => {
    const seen = new SeenCache(100, 10)
    expect([seen.add('a', 0), seen.add('a', 0)]).toEqual([true, false])
  })
})

describe('subscriptions', () => {
  it('hold what peers say last, within the limits', () => {
    const word = fc.record({ peer: fc.constantFrom('a', 'b'), topic: fc.nat(9).map(String), subscribe: fc.boolean() })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 80 }), words => {
        const subscriptions = new Subscriptions(topic => topic !== '9', { maxTopicsPerPeer: 5, maxTopicChars: 10 })
        const model = new Map<string, Set<string>>([
          ['a', new Set()],
          ['b', new Set()]
        ])
        for (const { peer, topic, subscribe } of words) {
          const own = model.get(peer)!
          const isRefused = subscribe && !own.has(topic) && (own.size >= 5 || topic === '9')
          const isChange = subscribe ? !own.has(topic) && !isRefused : own.has(topic)
          const { changes, refused } = subscriptions.apply(peer, [{ topic, subscribe }])
          expect([changes.length, refused]).toEqual([isChange ? 1 : 0, isRefused ? 1 : 0])
          if (subscribe && !isRefused) own.add(topic)
          if (!subscribe) own.delete(topic)
        }
        for (const [peer, own] of model) {
          expect([...subscriptions.topicsOf(peer)].toSorted()).toEqual([...own].toSorted())
          for (const topic of own) expect(subscriptions.of(topic).has(peer)).toBe(true)
          expect(subscriptions.remove(peer).toSorted()).toEqual([...own].toSorted())
        }
        expect(subscriptions.of('1').size).toBe(0)
      })
    )
  })
})

describe('work that becomes ready out of order', () => {
  it('is done in the order in which it was begun', async () => {
    const ordered = new Ordered()
    const done: (number | string)[] = []
    const settle: ((value: number) => void)[] = []
    const later = () => new Promise<number>(resolve => settle.push(resolve))
    ordered.add(0, -1, value => done.push(value))
    ordered.add(later(), -1, value => done.push(value))
    ordered.add(2, -1, value => done.push(value))
    ordered.add(Promise.reject(new Error('no')), -1, value => done.push(value))
    ordered.add(later(), -1, value => done.push(value))
    settle[1]!(4)
    await Promise.resolve()
    expect([done, ordered.length]).toEqual([[0], 4])
    settle[0]!(1)
    await new Promise(resolve => setTimeout(resolve))
    expect([done, ordered.length]).toEqual([[0, 1, 2, -1, 4], 0])
  })
})
