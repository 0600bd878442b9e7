import { SeededRandom } from '../seeded-random.ts'
import { SimulationError } from './errors.ts'
import type { LinkModel, LinkOptions } from './links.ts'

export interface WideAreaOptions extends Omit<LinkOptions, 'latencyMs'> {
  /** Where everybody is comes of it. Default 0. */
  seed?: number | string
  /** One-way, between two at the same place, milliseconds. Default 10. */
  minLatencyMs?: number
  /** One-way, between two as far apart as can be. Default 100. */
  maxLatencyMs?: number
}

/**
 * Everybody somewhere on a globe that is flat and closed (a torus), and latencies that grow with the distance: the same
 * both ways, and never shorter by a detour, as a wide-area network roughly is.
 *
 * @example
 * simulate({ link: wideArea({ minLatencyMs: 10, maxLatencyMs: 100 }) })
 */
export function wideArea(options: WideAreaOptions = {}): LinkModel {
  const { seed = 0, minLatencyMs = 10, maxLatencyMs = 100, ...link } = options
  if (!(minLatencyMs >= 0 && maxLatencyMs >= minLatencyMs)) {
    throw new SimulationError('misuse', `no latencies are from ${minLatencyMs} to ${maxLatencyMs} ms`)
  }
  const random = new SeededRandom(`${seed}/wide area`)
  const places: number[] = []
  const placeOf = (coordinate: number): number => {
    while (places.length <= coordinate) places.push(random.float())
    return places[coordinate] as number
  }
  const perDistance = (maxLatencyMs - minLatencyMs) / Math.SQRT1_2
  return (from, to) => {
    const east = apart(placeOf(2 * from), placeOf(2 * to))
    const north = apart(placeOf(2 * from + 1), placeOf(2 * to + 1))
    return { ...link, latencyMs: minLatencyMs + perDistance * Math.sqrt(east * east + north * north) }
  }
}

/** Once around is back again. */
function apart(a: number, b: number): number {
  const distance = Math.abs(a - b)
  return Math.min(distance, 1 - distance)
}
