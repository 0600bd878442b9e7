import type { SeededRandom } from '../seeded-random.ts'
import { DEFAULT_LINK, type LinkOptions } from './links.ts'

/** What a link does to what one host sends. Nothing is drawn where nothing is left to chance. */
export class Chance {
  private readonly random: SeededRandom

  constructor(random: SeededRandom) {
    this.random = random
  }

  /** How long the next passage takes, milliseconds. */
  latency(link: LinkOptions): number {
    const { latencyMs = DEFAULT_LINK.latencyMs, jitterMs = 0, stallChance = 0, stallMs = DEFAULT_LINK.stallMs } = link
    const jitter = jitterMs === 0 ? 0 : (2 * this.random.float() - 1) * jitterMs
    const stall = this.happens(stallChance) ? stallMs : 0
    return Math.max(0, latencyMs + jitter) + stall
  }

  happens(probability: number): boolean {
    return probability > 0 && this.random.chance(probability)
  }
}
