import { describe, expect, it } from 'vitest'
import { statistics } from '../src/statistics.ts'

describe('statistics', () => {
  it.each([
    [[3], { min: 3, q1: 3, median: 3, q3: 3, max: 3, outliers: [], samples: [3] }],
    [[4, 1, 3, 2], { min: 1, q1: 1.75, median: 2.5, q3: 3.25, max: 4, outliers: [], samples: [1, 2, 3, 4] }],
    [[5, 1, 2, 3, 4], { min: 1, q1: 2, median: 3, q3: 4, max: 5, outliers: [], samples: [1, 2, 3, 4, 5] }],
    [[], { min: 0, q1: 0, median: 0, q3: 0, max: 0, outliers: [], samples: [] }]
  ])('of %j', (values, expected) => expect(statistics(values)).toEqual(expected))

  it('leaves outliers out of the least and the greatest', () => {
    const samples = [-40, 10, 10, 11, 11, 12, 12, 50]
    const { min, max, outliers } = statistics(samples)
    expect({ min, max, outliers }).toEqual({ min: 10, max: 12, outliers: [-40, 50] })
  })
})
