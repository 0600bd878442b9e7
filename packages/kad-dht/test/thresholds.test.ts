import { describe, expect, it } from 'vitest'
import { thresholdsFor } from '../src/lookup/thresholds.ts'

/** Quantiles of the gamma distribution, as `scipy.stats.gamma.ppf` gives them. */
const QUANTILES = { p10of20: 14.525, p90of11: 15.407 }

describe('thresholds of an optimistic provide', () => {
  it('are quantiles of the gamma distribution over the size of the network', () => {
    const { individualShare, setShare } = thresholdsFor(20, 10_000)
    expect(individualShare * 10_000).toBeCloseTo(QUANTILES.p10of20, 2)
    expect(setShare * 10_000).toBeCloseTo(QUANTILES.p90of11, 2)
  })
})
