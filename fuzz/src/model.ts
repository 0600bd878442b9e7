import type { SeededRandom } from '@ts-libp2p/testing'

/** Something that runs beside a simple model of itself. */
export interface Model {
  readonly name: string
  /** Makes one random history and follows it with both. Throws, or rejects, where they differ. */
  history(random: SeededRandom): void | Promise<void>
}
