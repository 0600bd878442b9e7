import { describe, expect, it } from 'vitest'
import { thresholdsFor } from '../src/lookup/thresholds.ts'

/** Quantiles of the gamma distribution, as `scipy.stats.gamma.ppf` gives them. */
const QUANTILES = { p10of20: 14.525, p90of11: 15.407 }
/** Halves of quantiles of χ² with 2, 20 and 40 degrees of freedom, which are the same: 0.0020, 5.921, 17.916 in tables. */
const CROWDS = { first: 0.001, tenth: 2.9605, twentieth: 8.958 }

describe('thresholds of an optimistic provide', () => {
  it('are quantiles of the gamma distribution over the size of the network', () => {
    const { individualShare, setShare, crowdShares } = thresholdsFor(20, 10_000)
    expect(individualShare * 10_000).toBeCloseTo(QUANTILES.p10of20, 2)
    expect(setShare * 10_000).toBeCloseTo(QUANTILES.p90of11, 2)
    const [first, tenth, twentieth] = [0, 9, 19].map(i => (crowdShares[i] as number) * 10_000)
    expect(first).toBeCloseTo(CROWDS.first, 5)
    expect(tenth).toBeCloseTo(CROWDS.tenth, 3)
    expect(twentieth).toBeCloseTo(CROWDS.twentieth, 3)
    expect(crowdShares).toHaveLength(20)
  })
})
