/** RFC 3339 with any fraction of a second, in UTC or with an offset. */
const FORMAT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/

/** Nanoseconds since 1970, as precise as go-libp2p writes times; undefined for what is not a time. */
export function parseTime(text: string): bigint | undefined {
  const match = FORMAT.exec(text)
  if (match === null) return undefined
  const [, seconds, fraction = '', zone] = match
  const ms = Date.parse(`${seconds}${zone}`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** A time in milliseconds since 1970 as text, in UTC, e.g. `2023-11-14T22:13:20.5Z`: shortest form, as Go writes it. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}

/** Milliseconds since 1970, rounded down: a time is never later than it was written. */
export function toMilliseconds(ns: bigint): number {
  const ms = Number(ns / 1_000_000n)
  return ns < 0n && ns % 1_000_000n !== 0n ? ms - 1 : ms
}
