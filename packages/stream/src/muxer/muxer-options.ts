import { type Clock, type ComponentLogger, InvalidParametersError, type Metrics } from '@ts-libp2p/interface'

/** What a node gives its muxers. Without it they use the system's clock and the connection's log. */
export interface MuxerComponents {
  logger?: ComponentLogger
  clock?: Clock
  metrics?: Metrics
}

/** Lowest and highest value of an option. */
export type Range = readonly [number, number]

/** The options with their defaults. Throws an `InvalidParametersError` that says what to change. */
export function resolveMuxerOptions<Options extends object>(
  muxer: string,
  defaults: Options,
  ranges: Readonly<Record<string, Range>>,
  given: Partial<Options>
): Options {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const resolved = { ...defaults, ...Object.fromEntries(set) }
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value: unknown = resolved[name as keyof Options]
    if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high) continue
    throw new InvalidParametersError(`${muxer}: ${name} is ${value}; it must be an integer from ${low} to ${high}`)
  }
  return resolved
}
