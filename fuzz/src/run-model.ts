import { SeededRandom } from '@ts-libp2p/testing'
import type { Model } from './model.ts'

/** A history that model and code follow differently. Its seed repeats it. */
export class Disagreement extends Error {
  constructor(model: string, seed: string, cause: unknown) {
    super(`${model}, history '${seed}': ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'Disagreement'
  }
}

/** Follows that many random histories. Rejects with a `Disagreement` at the first that differs. */
export async function runModel(model: Model, seed: string, histories: number): Promise<void> {
  for (let i = 0; i < histories; i++) {
    const one = `${seed}/${i}`
    try {
      await model.history(new SeededRandom(one))
    } catch (err) {
      throw new Disagreement(model.name, one, err)
    }
  }
}
