import { BytesError } from '@ts-libp2p/bytes'
import { Libp2pError } from '@ts-libp2p/interface'
import { SeededRandom } from '@ts-libp2p/testing'
import type { Target } from './target.ts'

export type Outcome = 'accepted' | 'refused'

/**
 * Runs one input. Resolves to whether the decoder took it; rejects with whatever is wrong: an error that is none of the
 * stack's own. Nobody but the decoder's caller may see those.
 */
export async function tryInput(target: Target, input: Uint8Array): Promise<Outcome> {
  try {
    await target.run(input, new SeededRandom(seedOf(input)))
    return 'accepted'
  } catch (err) {
    if (err instanceof Libp2pError || err instanceof BytesError) return 'refused'
    throw err
  }
}

/** FNV-1a of the input: choices depend on nothing else, so that an input alone repeats a run. */
function seedOf(input: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of input) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
