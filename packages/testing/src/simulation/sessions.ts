import type { SeededRandom } from '../seeded-random.ts'
import { SimulationError } from './errors.ts'

/** Draws a length of time, milliseconds. */
export type Duration = (random: SeededRandom) => number

const MINUTE_MS = 60_000

/** The Weibull distribution. With a shape below 1 who has stayed long stays longer, as peers do. */
export function weibull({ scaleMs, shape }: { scaleMs: number; shape: number }): Duration {
  if (!(scaleMs > 0 && shape > 0)) throw new SimulationError('misuse', 'a Weibull scale and shape must be above 0')
  return random => scaleMs * (-Math.log(1 - random.float())) ** (1 / shape)
}

/** Without memory: in every moment the same chance that it is over. "5 % a minute" is a mean of 20 minutes. */
export function exponential(meanMs: number): Duration {
  return weibull({ scaleMs: meanMs, shape: 1 })
}

/** Always the same. */
export function exactly(ms: number): Duration {
  return () => ms
}

/**
 * How long peers stayed in KAD, the DHT of eMule, as six months of crawls every five minutes saw it: mean 4.1 hours,
 * half of them under 1.6. The fit is that of M. Steiner, T. En-Najjary, E. W. Biersack: Analyzing Peer Behavior in KAD,
 * Institut Eurécom research report RR-07-205, 2007 (later: Long Term Study of Peer Behavior in the KAD DHT, IEEE/ACM
 * Transactions on Networking 17/5, 2009): Weibull, scale 169.5385 minutes, shape 0.61511.
 */
export const KAD_SESSION: Duration = weibull({ scaleMs: 169.5385 * MINUTE_MS, shape: 0.61511 })

/** How long they were away in between, from the same report: Weibull, scale 413.6765 minutes, shape 0.47648. */
export const KAD_ABSENCE: Duration = weibull({ scaleMs: 413.6765 * MINUTE_MS, shape: 0.47648 })
