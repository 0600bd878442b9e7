import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Due, TimerHeap, TimerWheel } from '../src/index.ts'

const due = (at: number, order: number): Due => ({ at, order, place: -1 })
const inOrder = (a: Due, b: Due): number => a.at - b.at || a.order - b.order

/** Of the same slot of a wheel, of another, and of those that do not lie open yet. */
const moment = fc.oneof(
  fc.nat(20),
  fc.nat(100).map(n => n / 16),
  fc.nat(2000),
  fc.constant(Number.POSITIVE_INFINITY)
)

type Step = { push: number } | { remove: number } | { pop: true } | { drop: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ push: moment }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ pop: fc.constant(true as const) }) },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat(5) }) }
)

describe.each([
  ['TimerHeap', TimerHeap],
  ['TimerWheel', TimerWheel]
])('%s', (_, Queue) => {
  it('gives the same as a sorted list, whatever is added, taken and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const heap = new Queue<Due>()
        let list: Due[] = []
        const all: Due[] = []
        for (const [order, move] of steps.entries()) {
          if ('push' in move) {
            const item = due(move.push, order)
            all.push(item)
            heap.push(item)
            list = [...list, item].sort(inOrder)
          } else if ('remove' in move) {
            const item = all[move.remove % Math.max(1, all.length)]
            if (item !== undefined) heap.remove(item)
            list = list.filter(other => other !== item)
          } else if ('pop' in move) {
            expect(heap.pop()).toBe(list.shift())
          } else {
            const isDoomed = ({ at }: Due): boolean => at % 5 === move.drop
            heap.removeWhere(isDoomed)
            list = list.filter(item => !isDoomed(item))
          }
          expect([heap.size, heap.first]).toEqual([list.length, list[0]])
        }
        while (list.length > 0) expect(heap.pop()).toBe(list.shift())
        expect(heap.pop()).toBeUndefined()
      }),
      { numRuns: 300 }
    )
  })
})
