export interface Statistics {
  /** The least and the greatest of what is no outlier. */
  min: number
  q1: number
  median: number
  q3: number
  max: number
  /** What lies further from the middle half than 1.5 times its width. */
  outliers: number[]
  /** All, sorted. */
  samples: number[]
}

export function statistics(values: readonly number[]): Statistics {
  const samples = [...values].sort((a, b) => a - b)
  const [q1, median, q3] = [quantile(samples, 0.25), quantile(samples, 0.5), quantile(samples, 0.75)]
  const reach = 1.5 * (q3 - q1)
  const isOutlier = (value: number): boolean => value < q1 - reach || value > q3 + reach
  const usual = samples.filter(value => !isOutlier(value))
  return { min: usual[0] ?? 0, q1, median, q3, max: usual.at(-1) ?? 0, outliers: samples.filter(isOutlier), samples }
}

/** Between the two nearest, in proportion. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? 0
  return low + ((sorted[Math.ceil(at)] ?? 0) - low) * (at - Math.floor(at))
}
