/** The middle value; of an even count, the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** How far the rounds lie apart: (largest - smallest) / median. NaN with less than two. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** How many times better than theirs ours is: above 1 always means ours is better. Undefined where one has nothing. */
export function ratio(ours: number, theirs: number, higherIsBetter: boolean): number | undefined {
  if (!(ours > 0 && theirs > 0)) return undefined
  return higherIsBetter ? ours / theirs : theirs / ours
}

/** Three significant digits, without exponents: enough for a benchmark, and easy to compare by eye. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
}
