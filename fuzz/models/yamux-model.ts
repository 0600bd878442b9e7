import type { SeededRandom } from '@ts-libp2p/testing'
import { checkHistory, OPERATIONS, type Step } from '../../packages/yamux/test/model.ts'
import type { Model } from '../src/model.ts'

/** How often each operation is done, beside one another: another emphasis in each history. */
const COMMON = ['send', 'send', 'read', 'read', 'move', 'move', 'flush'] as const
const MAX_STEPS = 80

function step(random: SeededRandom, emphasis: Step['op'], largeness: number): Step {
  const op = random.chance(0.2) ? emphasis : random.chance(0.7) ? random.pick(COMMON) : random.pick(OPERATIONS)
  const size = random.chance(largeness) ? 60_000 + random.int(250_000) : random.int(300)
  return { op, side: random.chance(0.5), which: random.int(64), size }
}

/** Two yamux sessions against streams that are nothing but counters: all that is sent arrives, in order, then the end. */
export const model: Model = {
  name: 'yamux-model',
  async history(random) {
    const emphasis = random.pick(OPERATIONS)
    const largeness = random.pick([0, 0.1, 0.6])
    const steps = Array.from({ length: 1 + random.int(MAX_STEPS) }, () => step(random, emphasis, largeness))
    await checkHistory(steps, random.pick([1, 1000, 300_000]))
  }
}
